import { describe, expect, test } from "vitest";
import { readSource } from "#interop/import/formats/text-source.ts";
import { isRefusal, type PlainValue, type Refusal, type Source } from "#interop/import/source-fields.ts";

const read = (text: string): Source => {
  const source = readSource({ name: "run.yaml", text });
  if (isRefusal(source)) throw new Error(source.sentence);
  return source;
};

const valueAt = (text: string, path: string): PlainValue | undefined => read(text).fields.get(path)?.value;

const lineOf = (text: string, path: string): number | undefined => read(text).fields.get(path)?.line;

const refusal = (text: string): Refusal => {
  const source = readSource({ name: "run.yaml", text });
  if (!isRefusal(source)) throw new Error("It was read.");
  return source;
};

describe("YAML as PyYAML reads it", () => {
  test.each([
    ["max_steps: 500_000", 500_000],
    ["packing: on", true],
    ["packing: Yes", true],
    ["packing: off", false],
    ["packing: NO", false],
    ['distributed_type: "NO"', "NO"],
    ["answer: y", "y"],
    ["answer: n", "n"],
    ["day: 2024-01-02", "2024-01-02"],
    ["empty:", null],
    ["none: ~", null],
    ["text: '0010'", "0010"],
    ["list: [a, 1, true]", ["a", 1, true]],
  ])("%s", (text, value) => {
    expect([...read(text).fields.values()][0]?.value).toEqual(value);
  });

  test("a number without a point stays a number that readers take, whatever PyYAML calls it", () => {
    expect(Number(valueAt("rate: 1e-5", "rate"))).toBe(0.00001);
  });

  test("an anchor's fields are merged, and what stands beside goes before them", () => {
    const text = "base: &base\n  lora_r: 8\n  lora_alpha: 16\nrun:\n  <<: *base\n  lora_r: 32\n";
    expect(valueAt(text, "run.lora_alpha")).toBe(16);
    expect(valueAt(text, "run.lora_r")).toBe(32);
  });

  test("a section may be merged with two others", () => {
    const text = "x: &x\n  a: 1\n  b: 2\ny: &y\n  c: 3\nrun:\n  <<: *x\n  <<: *y\n  b: 4\n";
    expect(["a", "b", "c"].map((name) => valueAt(text, `run.${name}`))).toEqual([1, 4, 3]);
  });

  test("fields have the lines of their keys, those of a merge that of their section", () => {
    const text = "# one\na:\n  - x\n  - y\nbase: &base\n  r: 8\nrun:\n  <<: *base\n  q: 1\n";
    expect(lineOf(text, "a")).toBe(2);
    expect(lineOf(text, "base.r")).toBe(6);
    expect(lineOf(text, "run.q")).toBe(9);
    expect(lineOf(text, "run.r")).toBe(7);
  });

  test("Windows line ends and a byte-order mark change nothing", () => {
    expect(valueAt("\uFEFFa: 1\r\nb: two\r\n", "b")).toBe("two");
    expect(lineOf("\uFEFFa: 1\r\nb: two\r\n", "b")).toBe(2);
  });

  test("comments are kept with their lines", () => {
    expect(read("# first\na: 1 # beside\n  # second\n").comments).toEqual([
      { line: 1, text: "# first" },
      { line: 3, text: "# second" },
    ]);
  });

  test("JSON may be indented by tabs", () => {
    expect(valueAt('{\n\t"zero_optimization": {\n\t\t"stage": 3\n\t}\n}', "zero_optimization.stage")).toBe(3);
  });

  test("names that every object has are names like others", () => {
    expect(valueAt("__proto__: 1\nconstructor: 2\n", "constructor")).toBe(2);
  });
});

describe("what is refused, with the line where it is", () => {
  test.each([
    { what: "a key that is given twice", text: "a: 1\nb: 2\na: 3\n", line: 3, words: "twice" },
    { what: "a key that a section in a list has twice", text: "a:\n  - b: 1\n    b: 2\n", line: 3, words: "twice" },
    { what: "a tag that makes an object", text: "a: 1\nb: !!python/object:os.system x\n", line: 2, words: "tag" },
    { what: "bytes", text: "a: !!binary aGVsbG8=\n", line: 1, words: "tag" },
    { what: "what is no YAML", text: "a: [1, 2\nb: 3\n", line: 2, words: "not YAML" },
  ])("$what", ({ text, line, words }) => {
    const refused = refusal(text);
    expect(refused.line).toBe(line);
    expect(refused.sentence).toContain(words);
  });

  test.each([
    ["nothing", "  \n", "empty"],
    ["a comment alone", "# nothing\n", "empty"],
    ["a list", "- a\n- b\n", "no fields"],
    ["a binary file", "PK\u0003\u0004\0\0", "no text"],
    ["ten million characters", `a: ${"x".repeat(10_000_000)}`, "characters"],
  ])("%s", (_, text, words) => {
    expect(refusal(text).sentence).toContain(words);
  });

  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const bomb = (line: (name: string, index: number) => string): string => names.map(line).join("\n");
  const nine = (index: number): string =>
    Array(9)
      .fill(`*${names[index - 1] ?? ""}`)
      .join(", ");
  const steps = (depth: number, step: string): string =>
    Array.from({ length: depth }, (_, index) => `${" ".repeat(index)}${step}`).join("\n");

  test.each([
    {
      what: "aliases that stand for a billion fields",
      text: bomb((name, index) => `${name}: &${name} [${index === 0 ? "x" : nine(index)}]`),
      line: 7,
      words: "aliases",
    },
    {
      what: "merges that stand for a billion fields",
      text: bomb((name, index) => `${name}: &${name} ${index === 0 ? "{x: 1}" : `{<<: [${nine(index)}]}`}`),
      line: 6,
      words: "aliases",
    },
    { what: "an alias of its own section", text: "x: 1\na: &a\n  b: *a\n", line: 3, words: "no end" },
    { what: "aliases of their own list", text: "a: &a [*a, *a, *a]\n", line: 1, words: "no end" },
    { what: "an alias of nothing", text: "a: 1\nb: *c\n", line: 2, words: "nothing" },
    { what: "a tag of nobody", text: "a: 1\n\nb: !own x\n", line: 3, words: "tag" },
    { what: "a set, which is no plain value", text: "a: 1\nb: !!set {x, y}\n", line: 2, words: "tag" },
    { what: "several documents", text: "a: 1\n---\nb: 2\n", line: 2, words: "several documents" },
    { what: "brackets without end", text: `a: 1\nb:\n  ${"[".repeat(400_000)}`, line: 3, words: "deeper" },
    { what: "brackets on a line each", text: `a: ${"[\n".repeat(300)}`, line: 201, words: "deeper" },
    { what: "lists in lists without end", text: `a: 1\nb:\n  ${"- ".repeat(200_000)}`, line: 3, words: "deeper" },
    { what: "sections in sections without end", text: steps(1000, "a:"), line: 201, words: "deeper" },
    { what: "items in items without end", text: `x: 1\n${steps(1000, "-")}`, line: 202, words: "deeper" },
  ])("$what", ({ text, line, words }) => {
    const refused = refusal(text);
    expect(refused.line).toBe(line);
    expect(refused.sentence).toContain(words);
  });

  const pairs = (count: number): string =>
    Array.from({ length: count }, (_, index) => `a${index}: &a${index} ${index}\nb${index}: *a${index}\n`).join("");

  test("a thousand anchors, each with its alias, are read, and the next is refused on its line", () => {
    expect(valueAt(pairs(1000), "b999")).toBe(999);
    expect(refusal(pairs(1001))).toMatchObject({ line: 2001, sentence: expect.stringContaining("more anchors") });
  });

  test("an anchor that is given again stands for what it stood for last", () => {
    expect(valueAt("a: &x 1\nb: &x 2\nc: *x\n", "c")).toBe(2);
  });
});
