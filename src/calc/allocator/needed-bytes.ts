import type { ReplaysUnderLimits } from "./replays-under-limits.ts";
import { ROUND_LARGE, roundUp } from "./sizes.ts";

/**
 * The least limit, a multiple of 2 MiB, under which a run goes on: with 2 MiB less it runs out of memory. Cached segments are given back where memory is
 * short, as PyTorch does before it gives up.
 *
 * Found by bisection between the most that storages take and what is reserved without a limit. A larger limit may fail all the same, now and then: what is
 * given back later leaves other gaps.
 *
 * @param leastBytes no run goes on with less
 */
export const neededBytes = ({ enoughBytes, under }: ReplaysUnderLimits, leastBytes: number): number => {
  // The run fails below `tooLittle`, and goes on with `enough`.
  let tooLittle = roundUp(leastBytes, ROUND_LARGE);
  let enough = roundUp(enoughBytes, ROUND_LARGE);
  while (tooLittle < enough) {
    const limitBytes = roundUp((tooLittle + enough) / 2, ROUND_LARGE) - ROUND_LARGE;
    const { least, most, replayed } = under(limitBytes);
    if (replayed.outOfMemory === null) enough = roundUp(least, ROUND_LARGE);
    else tooLittle = roundUp(most + 1, ROUND_LARGE);
  }
  return enough;
};
