import { isPadded } from "#calc/model/padding.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { RANGES } from "#scenario/keys/ranges.ts";
import { multiplesOf, type TriedNumbers } from "./tried-numbers.ts";

/** The mask of padded rows is aligned to so many positions: a length that it does not divide has copies that the next one it divides has not. */
const ALIGNED_TOKENS = 8;

/** The lengths among which the longest is looked for. */
export const lengthsOf = (scenario: Scenario): TriedNumbers =>
  multiplesOf(isPadded(scenario) ? ALIGNED_TOKENS : 1, RANGES.seq);
