import { DIMENSIONS, type Dimension, ROWS } from "./dimension.ts";
import { growthNamed } from "./growth.ts";

/** The unit of a product without b, such as "token", "pair of positions", "position and chunk". `isInRows`: b was a factor. */
const wordOf = (first: Dimension, rest: readonly Dimension[], isInRows: boolean): string => {
  const { word, inRows, pair } = DIMENSIONS[first];
  const others = rest.map((factor) => DIMENSIONS[factor].word);
  if (isInRows && inRows !== undefined) return [inRows, ...others].join(" and ");
  return pair !== undefined && rest.length === 1 && rest[0] === first ? pair : [word, ...others].join(" and ");
};

/** The unit that a coefficient of this growth counts: "bytes of a token" for b·s, "bytes of a pair of positions" for s·s. */
export const wordsOf = (growth: number): string => {
  const { factors } = growthNamed(growth);
  const [first, ...rest] = factors.filter((factor) => factor !== ROWS);
  if (first !== undefined) return `bytes of a ${wordOf(first, rest, factors.includes(ROWS))}`;
  return factors.length === 0 ? "bytes, whatever the batch" : `bytes of a ${DIMENSIONS[ROWS].word}`;
};
