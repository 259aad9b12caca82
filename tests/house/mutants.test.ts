import { describe, expect, test } from "vitest";
import { reachOf, specifiersOf } from "../../tools/mutants/imports.mjs";
import { mutantsOf, mutated, placeOf } from "../../tools/mutants/mutants-of.mjs";
import { planTests } from "../../tools/mutants/plan-tests.mjs";
import { isAlive, lastLine, roomLine, scoreOf, survivorLine } from "../../tools/mutants/report.mjs";
import { sampled } from "../../tools/mutants/sample.mjs";

const FILE = "src/format/one.ts";

/** What the mutants of a text make of it. */
const made = (text: string): readonly string[] => mutantsOf(FILE, text).map((mutant) => mutated(mutant, text));

describe("a mutant", () => {
  test.each([
    ["x = a + b", ["x = a - b"]],
    ["x = a * b", ["x = a / b"]],
    ["x = (a) - (b)", ["x = (a) + (b)"]],
    ["a += b", ["a -= b"]],
    ["i++", ["i--"]],
    ["--i", ["++i"]],
    ["x = a < b", ["x = a <= b", "x = a >= b"]],
    ["x = a >= b", ["x = a > b", "x = a < b"]],
    ["x = a === b", ["x = a !== b"]],
    ["x = a && b", ["x = a || b"]],
    ["x = (a) ?? b", ["x = (a)"]],
    ["x = !(a || b)", ["x = (a || b)", "x = !(a && b)"]],
    ["x = a ? b : c", ["x = !(a) ? b : c"]],
    ["x = !a ? b : c", ["x = a ? b : c"]],
    ["if (a) b = c", ["if (!(a)) b = c"]],
    ["while (a < b) c = d", ["while (a <= b) c = d", "while (a >= b) c = d"]],
    ["x = true", ["x = false"]],
    ["x = 1", ["x = 2", "x = 0"]],
    ["x = 0", ["x = 1", "x = (-1)"]],
    ["x = Math.min(a, b)", ["x = Math.max(a, b)"]],
    ["x = a.some(b)", ["x = a.every(b)"]],
    ["x = a.toString()", []],
    ["x = [a]", ["x = []"]],
    ['x = "a"', ['x = ""']],
    ["x = `a`", ["x = ``"]],
    ["x = () => { return a; }", ["x = () => {}"]],
    ["f(a);", [";"]],
    ["await f(a);", [";"]],
  ])("of %s changes one thing", (text, expected) => expect(made(text)).toEqual(expected));

  test.each([
    'import { a } from "./a.ts";',
    'export * from "./a.ts";',
    'type A = "a" | 1;',
    "interface A { b: true }",
    'assert(a > 1, "more than one");',
    'throw new Error("none");',
    'x = { url: "https://example.org", label: "Docs", retrieved: "2026-01-01" };',
    'x = { "a-b": c };',
    "x = f as A<1>;",
    "x = (a: 1): true => b;",
    'x = a["b"];',
  ])("is not made of %s", (text) => expect(made(text)).toEqual([]));

  test("is made of a value that says its type", () => {
    expect(made("x = 1 as const satisfies 1 | 2;")).toEqual([
      "x = 2 as const satisfies 1 | 2;",
      "x = 0 as const satisfies 1 | 2;",
    ]);
  });

  test("does not take words apart", () => {
    expect(made('x = a + "" + b;')).toEqual([]);
  });

  test("is named by its line and column, from 1", () => {
    const text = "x = a;\ny = 1;";
    expect(mutantsOf(FILE, text).map((mutant) => placeOf(mutant, text))).toEqual([`${FILE}:2:5`, `${FILE}:2:5`]);
  });
});

describe("a sample", () => {
  const mutants = mutantsOf(FILE, Array.from({ length: 50 }, (_, index) => `x = ${index};`).join("\n"));

  test("of one seed is always the same, and of another seed another", () => {
    const draw = { count: 20, seeds: [1] };
    expect(sampled(mutants, draw)).toHaveLength(20);
    expect(sampled(mutants.toReversed(), draw)).toEqual(sampled(mutants, draw));
    expect(sampled(mutants, { count: 20, seeds: [2] })).not.toEqual(sampled(mutants, draw));
  });

  test("of two seeds is what each of them draws, none twice", () => {
    const both = sampled(mutants, { count: 20, seeds: [1, 2] });
    const apart = [1, 2].flatMap((seed) => sampled(mutants, { count: 20, seeds: [seed] }));
    expect(both).toHaveLength(new Set(apart).size);
    expect(new Set(both)).toEqual(new Set(apart));
  });

  test("of more mutants than there are is all of them, in the order of their places", () => {
    expect(sampled(mutants, { count: 1000, seeds: [1] }).map(({ start }) => start)).toEqual(
      mutants.map(({ start }) => start),
    );
  });

  test("of one file stays as it is when another file changes", () => {
    const others = mutantsOf("src/format/other.ts", "x = [1, 2, 3];");
    const ofOne = (all: typeof mutants): typeof mutants =>
      sampled(all, { count: 20, seeds: [1] }).filter(({ file }) => file === FILE);
    const alone = sampled(mutants, { count: 20, seeds: [1] });
    const both = ofOne([...mutants, ...others]);
    expect(alone.filter((mutant) => both.includes(mutant))).toEqual(both);
  });
});

describe("a file is reached", () => {
  const FILES: Readonly<Record<string, string>> = {
    "tests/room/a.test.ts": 'import { a } from "#room/a.ts"; import "vitest"; import data from "./data.json";',
    "src/room/a.ts": 'import { b } from "./parts/b.ts"; import type { T } from "./type.ts";',
    "src/room/parts/b.ts": 'export { c } from "./c.ts"; export type { T } from "../type.ts";',
    "src/room/parts/c.ts": 'import "../a.ts"; const late = () => import("#room/late.ts");',
    "src/room/late.ts": "",
  };

  test("by every import that runs, early or late, and by no type", () => {
    expect([...reachOf((file) => FILES[file] ?? "")("tests/room/a.test.ts")].sort()).toEqual([
      "src/room/a.ts",
      "src/room/late.ts",
      "src/room/parts/b.ts",
      "src/room/parts/c.ts",
      "tests/room/a.test.ts",
    ]);
  });

  test("not by an import of types", () => {
    expect(specifiersOf(FILE, 'import type { A } from "./a.ts"; export type { B } from "./b.ts";')).toEqual([]);
  });
});

describe("the tests of a file", () => {
  const timed = (test: string, seconds: number) => ({ test, seconds });
  const tests = [
    timed("tests/advice/verdict.test.ts", 1),
    timed("tests/advice/knobs/base.test.ts", 3),
    timed("tests/advice/knobs/lora.test.ts", 4),
    timed("tests/advice/advise.test.ts", 2),
  ];

  test("run nearest first: of its name, of its folder, of its room, and among those the quicker", () => {
    expect(planTests("src/advice/knobs/lora.ts", tests, 30)).toEqual({
      tests: [
        "tests/advice/knobs/lora.test.ts",
        "tests/advice/knobs/base.test.ts",
        "tests/advice/verdict.test.ts",
        "tests/advice/advise.test.ts",
      ],
      seconds: 10,
      isCut: false,
    });
  });

  test("end where a developer would not wait for them", () => {
    expect(planTests("src/advice/knobs/lora.ts", tests, 8)).toEqual({
      tests: ["tests/advice/knobs/lora.test.ts", "tests/advice/knobs/base.test.ts", "tests/advice/verdict.test.ts"],
      seconds: 8,
      isCut: true,
    });
  });
});

describe("the report", () => {
  const text = "x = 1;";
  const [more, less] = mutantsOf(FILE, text);

  test("names what is alive, and counts a run that hung as killed", () => {
    if (more === undefined || less === undefined) throw new Error("a number has two mutants");
    const trials = [
      { mutant: more, outcome: "hung", isCut: true },
      { mutant: less, outcome: "passed", isCut: true },
    ] as const;
    expect(trials.filter(isAlive).map((trial) => survivorLine(trial, text))).toEqual([
      `${FILE}:1:5  1  →  0  (not all tests)`,
    ]);
    const score = { room: "format", ...scoreOf(trials) };
    expect(roomLine(score, 30)).toBe(
      "format    1 of 2 killed (50.0 %), 1 of them hung; 1 alive, 1 of them cut at 30 s",
    );
    expect(roomLine({ room: "calc", ...scoreOf([]) }, 30)).toMatch(/^calc {6}0 of 0 killed \(nothing to try\)/);
    expect(lastLine([score, { ...score, tried: 1, killed: 1 }])).toBe("66.7 % killed");
  });
});
