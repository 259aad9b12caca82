import { isPadded } from "#calc/model/padding.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { RANGES } from "#scenario/choices/ranges.ts";

/** The mask of padded rows is aligned to so many positions: a length that it does not divide has copies that the next one it divides has not. */
const ALIGNED_TOKENS = 8;

/** The lengths among which the longest is looked for. */
export const lengthRange = (scenario: Scenario): Readonly<{ min: number; max: number; step: number }> => ({
  ...RANGES.seq,
  step: isPadded(scenario) ? ALIGNED_TOKENS : 1,
});
