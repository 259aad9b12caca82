import { expect, test } from "vitest";
import { rest } from "#calc/base/formula.ts";
import { formulaNames, formulaNumbers, withoutRest } from "#format/formula-text.ts";
import { term } from "../charts/bar-builders.ts";

const { formula } = term("logits", 1);

test("a formula reads with its names", () => {
  expect(formulaNames(formula)).toBe("batch × vocab_size × bytes");
});

test("and with the numbers put in: counts with commas, fractions as they are", () => {
  expect(formulaNumbers(formula)).toBe("2 × 128,256 × 0.5");
});

test("what fits no product is left out, with the plus before it", () => {
  expect(withoutRest([...formula, " + ", rest(512)])).toEqual(formula);
  expect(withoutRest([rest(512)])).toEqual([]);
  expect(withoutRest(formula)).toEqual(formula);
});
