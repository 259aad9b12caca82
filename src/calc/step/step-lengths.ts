// Sequence lengths of successive steps, drawn from a fixed seed.

import type { RowLengths, Scenario } from "#calc/model/scenario.ts";
import type { Families } from "#calc/families/families.ts";
import { seededFractions } from "#calc/base/pseudo-random.ts";
import { batchOptionsOf } from "./step-options.ts";

/** An assumption: the deviation of the logarithm of a length, where lengths are log-normal. Data sets differ, and no link says it. */
const LOG_DEVIATION = 0.8;

/** A draw from the standard normal distribution, by the method of Box and Muller. */
const normal = (fraction: () => number): number =>
  Math.sqrt(-2 * Math.log(fraction())) * Math.cos(2 * Math.PI * fraction());

/**
 * Draws the length of a row, in tokens: at least 1, at most `full`, where it is cut. A log-normal length has a mean of exp(μ + σ² / 2).
 *
 * @param fraction gives fractions between 0 and 1, by chance
 * @internal
 */
export const drawRowLength = (
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

/** Always the same, so that a scenario has one answer. Of 25 seeds, one with which what is seen is near the median of all (docs/methodology.md). */
const SEED = 20_260_017;

/** Steps whose length is drawn: as many before the one of full length, the first step of all among them, and as many after it. */
const DRAWN = 4;

/**
 * The least length from `least` on at which a step asks for the same storages as at full length, so that only their sizes differ. Where a mask is counted and
 * the full length is a multiple of 8, that is the next multiple of 8.
 */
const alike = (families: Families, scenario: Scenario, least: number): number => {
  const optionsAt = (sequence_length: number): string =>
    JSON.stringify(batchOptionsOf(families, { ...scenario, sequence_length }));
  const wanted = optionsAt(scenario.sequence_length);
  let length = least;
  while (length < scenario.sequence_length && optionsAt(length) !== wanted) length++;
  return length;
};

/**
 * How many positions the rows of each step have: of the first step, and of those that go round after it. A step has the length of the longest of as many rows
 * as a micro batch has; all its micro steps have that. One step after the first is of full length, so that the peak of the run is the estimate's.
 *
 * It is none of the first: were the longest step the first one, its blocks would serve all others, and nothing would be seen of rows that vary.
 */
export const stepLengths = (families: Families, scenario: Scenario): readonly [first: number, ...number[]] => {
  const { lengths, sequence_length: full, micro_batch_size } = scenario;
  if (lengths.kind === "fixed") return [full, full];
  const fraction = seededFractions(SEED);
  const longest = (): number => {
    let most = 0;
    for (let row = 0; row < micro_batch_size; row++) most = Math.max(most, drawRowLength(lengths, full, fraction));
    return alike(families, scenario, most);
  };
  const drawn = (count: number): readonly number[] => Array.from({ length: count }, longest);
  return [longest(), ...drawn(DRAWN - 1), full, ...drawn(DRAWN)];
};
