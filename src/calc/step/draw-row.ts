import type { RowLengths } from "#calc/model/row-lengths.ts";

/** An assumption: the deviation of the logarithm of a length, where lengths are log-normal. Data sets differ, and no link says it. */
const LOG_DEVIATION = 0.8;

/** A draw from the standard normal distribution, by the method of Box and Muller. */
const normal = (fraction: () => number): number =>
  Math.sqrt(-2 * Math.log(fraction())) * Math.cos(2 * Math.PI * fraction());

/**
 * Draws the length of a row, in tokens: at least 1, at most `full`, where it is cut. A log-normal length has a mean of exp(μ + σ² / 2).
 *
 * @param fraction gives fractions between 0 and 1, by chance
 */
export const drawRow = (
  lengths: Exclude<RowLengths, { kind: "fixed" }>,
  full: number,
  fraction: () => number,
): number => {
  const drawn =
    lengths.kind === "uniform"
      ? full * fraction()
      : lengths.mean * Math.exp(LOG_DEVIATION * normal(fraction) - LOG_DEVIATION ** 2 / 2);
  return Math.min(Math.ceil(drawn), full);
};
