import fc from "fast-check";
import { YAMLMap } from "yaml";
import { describe, expect, test, vi } from "vitest";
import { yamlSource } from "#interop/import/formats/yaml-source.ts";
import { isRefusal, type Refusal, type Source } from "#interop/import/source-fields.ts";
import { tried } from "../../../tried.ts";

const read = (text: string): Source | Refusal => yamlSource("run.yaml", text, "yaml");

const fieldsOf = (text: string): Source["fields"] => {
  const source = read(text);
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
    expect(read(text)).toMatchObject({ line, sentence: expect.stringContaining(words) });
  });

  test("sections that aliases put inside one another are refused on the line where they are too deep", () => {
    const text = lines(300, (n) => `k${n}: &k${n} {x: ${n === 0 ? "1" : `*k${n - 1}`}}`);
    expect(read(text)).toMatchObject({ line: 200, sentence: expect.stringContaining("deeper") });
  });

  test("anchors without end, among which the parser looks for each alias, are refused", () => {
    const text = `a: [${Array.from({ length: 1001 }, (_, n) => `&a${n} 1`).join(", ")}]\n`;
    expect(read(text)).toMatchObject({ line: 1, sentence: expect.stringContaining("more anchors") });
  });

  test("a list as a key is refused, as PyYAML refuses it", () => {
    expect(read("a: 1\n[b, c]: 2\n")).toMatchObject({ line: 2, sentence: expect.stringContaining("key") });
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
            const source = read(text);
            expect(isRefusal(source) ? source.line : source.fields.size).toBeGreaterThan(0);
          });
          expect(work).toBeLessThan(2 ** 20);
        }),
        runs,
      );
    },
  );

  test("a chain of 300 merges takes fewer copies than a large file has characters", () => {
    expect(workOf(() => read(chain(300)))).toBeLessThan(2 ** 20);
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
