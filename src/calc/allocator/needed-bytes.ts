import type { ReplaysUnderLimits, Way } from "./replays-under-limits.ts";
import { ROUND_LARGE, roundUp } from "./sizes.ts";

/** Limits between which the least one is: the run fails below `tooLittle`, and goes on with `enough`. */
type Bounds = Readonly<{ tooLittle: number; enough: number }>;

const narrowed = ({ tooLittle, enough }: Bounds, { least, most, replayed }: Way): Bounds =>
  replayed.outOfMemory === null
    ? { tooLittle, enough: roundUp(least, ROUND_LARGE) }
    : { tooLittle: roundUp(most + 1, ROUND_LARGE), enough };

const middleOf = ({ tooLittle, enough }: Bounds): number =>
  roundUp((tooLittle + enough) / 2, ROUND_LARGE) - ROUND_LARGE;

/** What to try next: the middle or, above it, what the run would have wanted where it failed. */
const nextTried = (bounds: Bounds, { outOfMemory }: Way["replayed"]): number => {
  const middle = middleOf(bounds);
  const wanted = outOfMemory === null ? 0 : roundUp(outOfMemory.wantedBytes, ROUND_LARGE);
  return wanted > bounds.enough ? middle : Math.min(Math.max(middle, wanted), bounds.enough - ROUND_LARGE);
};

/**
 * The least limit, a multiple of 2 MiB, under which a run goes on: with 2 MiB less it runs out of memory. Cached segments are given back where memory is
 * short, as PyTorch does before it gives up.
 *
 * Sought between the most that storages take and what is reserved without a limit. A larger limit may fail all the same, now and then: what is given back
 * later leaves other gaps.
 *
 * @param leastBytes no run goes on with less
 */
export const neededBytes = ({ enoughBytes, under }: ReplaysUnderLimits, leastBytes: number): number => {
  let bounds: Bounds = { tooLittle: roundUp(leastBytes, ROUND_LARGE), enough: roundUp(enoughBytes, ROUND_LARGE) };
  let limitBytes = middleOf(bounds);
  while (bounds.tooLittle < bounds.enough) {
    const way = under(limitBytes);
    bounds = narrowed(bounds, way);
    limitBytes = nextTried(bounds, way.replayed);
  }
  return bounds.enough;
};
