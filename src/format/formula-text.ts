// Formulas as text, with names or with numbers, and ranges of numbers and layers.

import type { Formula, FormulaInput } from "#calc/base/formula.ts";
import { formatCount, EN_DASH } from "./numbers.ts";

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

/** More stretches than this are counted, not named. */
const MOST_RANGES = 3;

/** The ranges of numbers in ascending order: 1, 2, 3 and 7 give 1 to 3 and 7 to 7. */
export const numberRanges = (numbers: readonly number[]): readonly (readonly [from: number, to: number])[] => {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
};

const numbered = (layers: readonly number[]): string => {
  const [first, last] = [layers[0], layers[layers.length - 1]];
  if (layers.length === 1) return `layer ${first}`;
  const found = numberRanges(layers);
  if (found.length > MOST_RANGES) return `${layers.length} of layers ${first}${EN_DASH}${last}`;
  return `layers ${found.map(([from, to]) => (from === to ? from : `${from}${EN_DASH}${to}`)).join(", ")}`;
};

/**
 * Layers by their numbers in the modelling code, which count from zero: `layers 0–31`, `layer 4`, `16 of layers 0–30`.
 *
 * @param layers in order; −1 is what stands before the layers, `count` what comes after them
 */
export const layerRanges = (layers: readonly number[], count: number): string => {
  const inside = layers.filter((layer) => layer >= 0 && layer < count);
  return [
    ...(layers.includes(-1) ? ["before the layers"] : []),
    ...(inside.length > 0 ? [numbered(inside)] : []),
    ...(layers.includes(count) ? ["after the layers"] : []),
  ].join(", ");
};
