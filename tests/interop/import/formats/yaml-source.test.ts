import { describe, expect, test, vi } from "vitest";
import { readSource } from "#interop/import/formats/text-source.ts";
import { isRefusal, type PlainValue, type Refusal, type Source } from "#interop/import/source-fields.ts";
import fc from "fast-check";
import { YAMLMap } from "yaml";
import { yamlSource } from "#interop/import/formats/yaml-source.ts";
import { tried } from "../../../tried.ts";

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

const yamlExtentRead = (text: string): Source | Refusal => yamlSource("run.yaml", text, "yaml");

const fieldsOf = (text: string): Source["fields"] => {
  const source = yamlExtentRead(text);
  if (isRefusal(source)) throw new Error(source.sentence);
  return source.fields;
};

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join("");

const numbered = (name: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `${name}${index}: 1`).join(", ");

/** Each section merges the one before it. */
const chain = (depth: number, own = (index: number): string => `a${index}: 1`): string =>
  lines(depth, (index) => `k${index}: &k${index} {${index === 0 ? "" : `<<: *k${index - 1}, `}${own(index)}}`);

/** Each section merges the two before it, which merge the same two. */
const pairs = (depth: number): string =>
  `k0: &k0 {a: 1}\nj0: &j0 {b: 1}\n${lines(depth, (index) => {
    const both = `{<<: [*k${index}, *j${index}]}`;
    return `k${index + 1}: &k${index + 1} ${both}\nj${index + 1}: &j${index + 1} ${both}`;
  })}`;

const nested = (depth: number, inner: string, name: (index: number) => string): string =>
  `a: ${Array.from({ length: depth }, (_, index) => `{${name(index)}: `).join("")}{${inner}}${"}".repeat(depth)}\n`;

/** The sections that the parser converts and the fields that its merges copy while `body` runs. */
const workOf = (body: () => void): number => {
  const spies = [vi.spyOn(YAMLMap.prototype, "toJSON"), vi.spyOn(Map.prototype, "has")];
  body();
  const work = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
  for (const spy of spies) spy.mockRestore();
  return work;
};

describe("aliases and merges that make too much of a file", () => {
  const base = `b: &b {${numbered("f", 30_000)}}\n`;
  test.each([
    { what: "merges in a chain", text: chain(990), line: 125, words: "merges" },
    { what: "merges in a chain of many fields", text: chain(300, (n) => numbered(`a${n}_`, 25)), line: 41 },
    { what: "merges of two sections, each of which merges two", text: pairs(40), line: 27 },
    { what: "merges of a large section", text: base + lines(45, (n) => `k${n}: {<<: *b}`), line: 3 },
    { what: "merges inside merges", text: nested(150, numbered("b", 30_000), () => "<<"), line: 1 },
    { what: "aliases of aliases of a section", text: `${base}c:\n${lines(50, (n) => `  c${n}: *b`)}`, line: 6 },
    {
      what: "aliases of a large text",
      text: `x: &x '${"y".repeat(400_000)}'\n${lines(40, (n) => `z${n}: *x`)}`,
      line: 3,
    },
    {
      what: "fields deep in sections with long names",
      text: nested(150, numbered("f", 2000), (n) => `n${n}${"x".repeat(900)}`),
      line: 1,
      words: "paths",
    },
  ])("$what are refused on the line where it is too much", ({ text, line, words = "1,048,576" }) => {
    expect(yamlExtentRead(text)).toMatchObject({ line, sentence: expect.stringContaining(words) });
  });

  test("sections that aliases put inside one another are refused on the line where they are too deep", () => {
    const text = lines(300, (n) => `k${n}: &k${n} {x: ${n === 0 ? "1" : `*k${n - 1}`}}`);
    expect(yamlExtentRead(text)).toMatchObject({ line: 200, sentence: expect.stringContaining("deeper") });
  });

  test("anchors without end, among which the parser looks for each alias, are refused", () => {
    const text = `a: [${Array.from({ length: 1001 }, (_, n) => `&a${n} 1`).join(", ")}]\n`;
    expect(yamlExtentRead(text)).toMatchObject({ line: 1, sentence: expect.stringContaining("more anchors") });
  });

  test("a list as a key is refused, as PyYAML refuses it", () => {
    expect(yamlExtentRead("a: 1\n[b, c]: 2\n")).toMatchObject({ line: 2, sentence: expect.stringContaining("key") });
  });

  tried(
    "merges are read with work in proportion to a large file, or refused on a line",
    { quick: 40, thorough: 400 },
    (runs) => {
      const drawn = fc.record({
        depth: fc.integer({ min: 1, max: 300 }),
        own: fc.integer({ min: 1, max: 40 }),
        twice: fc.boolean(),
      });
      fc.assert(
        fc.property(drawn, ({ depth, own, twice }) => {
          const text = twice ? pairs(depth) : chain(depth, (n) => numbered(`a${n}_`, own));
          const work = workOf(() => {
            const source = yamlExtentRead(text);
            expect(isRefusal(source) ? source.line : source.fields.size).toBeGreaterThan(0);
          });
          expect(work).toBeLessThan(2 ** 20);
        }),
        runs,
      );
    },
  );

  test("a chain of 300 merges takes fewer copies than a large file has characters", () => {
    expect(workOf(() => yamlExtentRead(chain(300)))).toBeLessThan(2 ** 20);
  });
});

describe("aliases and merges of real files", () => {
  test("merges several levels deep are read, and own fields keep the lines of their keys", () => {
    const fields = fieldsOf(
      "base: &base\n  r: 8\nlarge: &large\n  <<: *base\n  r: 64\n  q: 1\nrun:\n  <<: *large\n  s: 2\n",
    );
    const run = ["r", "q", "s"].map((name) => fields.get(`run.${name}`));
    expect(run.map((field) => [field?.value, field?.line])).toEqual([
      [64, 7],
      [1, 7],
      [2, 9],
    ]);
  });

  test("the section before goes before the section after it where several are merged", () => {
    expect(fieldsOf("x: &x {a: 1}\ny: &y {a: 2, b: 2}\nrun: {<<: [*x, *y]}\n").get("run.a")?.value).toBe(1);
  });

  test("a hundred aliases of one value are read", () => {
    const text = `a: &a 1\n${lines(100, (n) => `b${n}: *a`)}`;
    expect(fieldsOf(text).get("b99")).toMatchObject({ value: 1, line: 101 });
  });

  test("a chain of a hundred merges is read whole", () => {
    expect(fieldsOf(chain(100)).get("k99.a0")).toMatchObject({ value: 1, line: 100 });
  });
});
