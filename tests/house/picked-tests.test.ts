import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { allTests, pickedTests } from "../../tools/house/picked-tests.mjs";

const FILES = {
  unit: ["tests/calc/tape/tape.test.ts", "tests/ui/late-parts.test.tsx", "tests/ui/SliderField.test.ts"],
  browser: ["tests/e2e/late.spec.ts", "tests/e2e/take.spec.ts"],
};

test("a word picks the files that have it in their path, of all kinds, in any case of letters", () => {
  expect(pickedTests(["Late"], FILES)).toEqual({
    unit: ["tests/ui/late-parts.test.tsx"],
    browser: ["tests/e2e/late.spec.ts"],
  });
  expect(pickedTests(["tape", "take"], FILES)).toEqual({
    unit: ["tests/calc/tape/tape.test.ts"],
    browser: ["tests/e2e/take.spec.ts"],
  });
});

test("what is in src picks its own tests", () => {
  expect(pickedTests(["src/ui/late.tsx"], FILES)).toEqual({ unit: ["tests/ui/late-parts.test.tsx"], browser: [] });
  expect(pickedTests(["src/ui"], FILES).unit).toHaveLength(2);
});

test("what no path has picks nothing", () => {
  expect(pickedTests(["nothing"], FILES)).toEqual({ unit: [], browser: [] });
});

test("all tests are files of both kinds", () => {
  const { unit, browser } = allTests();
  expect(unit).toContain("tests/house/picked-tests.test.ts");
  expect(browser).toContain("tests/e2e/link.spec.ts");
  expect([...unit, ...browser].filter((file) => !existsSync(file))).toEqual([]);
});
