import type { Formula, FormulaInput } from "#calc/base/formula/formula.ts";
import { formatCount } from "#format/count.ts";

/** So many places tell 0.515869 bytes of a 4-bit weight from half a byte. */
const PLACES = 6;

/** One value of a formula: counts in full with commas, other numbers to six decimals ("128,256", "0.515869"). */
export const formulaValue = ({ value }: FormulaInput): string =>
  Number.isInteger(value) ? formatCount(value) : String(Number(value.toFixed(PLACES)));

/** A formula with its names: "batch × sequence × vocab_size". */
export const formulaNames = (formula: Formula): string =>
  formula.map((token) => (typeof token === "string" ? token : token.name)).join("");

/** A formula with the numbers put in: "2 × 4,096 × 128,256". */
export const formulaNumbers = (formula: Formula): string =>
  formula.map((token) => (typeof token === "string" ? token : formulaValue(token))).join("");

/** A formula without what fits no product, which a sentence says instead. */
export const withoutRest = (formula: Formula): Formula => {
  const rest = formula.findIndex((token) => typeof token !== "string" && token.origin === "rest");
  return rest < 0 ? formula : formula.slice(0, Math.max(0, rest - 1));
};
