import { DIMENSIONS, type Dimension, ROWS } from "./dimension.ts";
import { growthNamed } from "./growth.ts";

/**
 * What one of a product counts: one thing and another, or a pair. In rows of a batch the first may have another word.
 */
const wordOf = (first: Dimension, rest: readonly Dimension[], isInRows: boolean): string => {
  const { word, inRows, pair } = DIMENSIONS[first];
  const others = rest.map((factor) => DIMENSIONS[factor].word);
  if (isInRows && inRows !== undefined) return [inRows, ...others].join(" and ");
  return pair !== undefined && rest.length === 1 && rest[0] === first ? pair : [word, ...others].join(" and ");
};

/** What bytes that grow so are counted by: "bytes of a token", "bytes of a pair of positions". */
export const wordsOf = (growth: number): string => {
  const { factors } = growthNamed(growth);
  const [first, ...rest] = factors.filter((factor) => factor !== ROWS);
  if (first !== undefined) return `bytes of a ${wordOf(first, rest, factors.includes(ROWS))}`;
  return factors.length === 0 ? "bytes, whatever the batch" : `bytes of a ${DIMENSIONS[ROWS].word}`;
};
