// Memory that PyTorch's allocator reserves for a run, and the smallest limit under which the run succeeds.

import { allocated, BLOCK_BYTES } from "#calc/base/bytes.ts";
import { type AllocatorRun, ROUND_LARGE, roundUp } from "./allocator.ts";
import { type ReplaysUnderLimits, type ReplayRange, replaysUnderLimits, type SettingsOfRun } from "./replay.ts";
import { once } from "#calc/base/caches.ts";

/** The most that storages take at once, each rounded up to a whole block: no run goes on with less. */
export const livePeak = ({ storages, load, first, steps }: AllocatorRun): number => {
  const taken = new Float64Array(storages);
  let live = 0;
  let peak = 0;
  const take = (storage: number, size: number): void => {
    live += size - (taken[storage] ?? 0);
    taken[storage] = size;
    peak = Math.max(peak, live);
  };
  for (const { bytes, events } of [load, first, ...steps])
    for (const event of events)
      if (event >= 0 && event < storages) take(event, allocated(bytes[event] ?? 0));
      else take(event < 0 ? ~event : event - storages, 0);
  return peak;
};

/** Bytes of which a segment of its own is a multiple. */
const LARGE_BYTES = ROUND_LARGE * BLOCK_BYTES;

/** Limits between which the least one is: with one byte less than `atLeast` the run fails, with `enough` it goes on. */
export type NeededBounds = Readonly<{ atLeast: number; enough: number }>;

/** Whether bounds tell what somebody wants to know. */
type IsTold = (bounds: NeededBounds) => boolean;

/** What is needed is found to a 256th of the power of two under the peak: 64 MiB of 16 to 32 GiB. Published runs are further off than that. */
const PARTS = 256;

/** How far apart the last bounds are, at most. @param leastBytes no run goes on with less @internal */
export const neededPrecision = (leastBytes: number): number =>
  Math.max(LARGE_BYTES, 2 ** Math.floor(Math.log2(Math.max(1, leastBytes))) / PARTS);

const narrowed = ({ atLeast, enough }: NeededBounds, { least, most, replayed }: ReplayRange): NeededBounds =>
  replayed.outOfMemory === null ? { atLeast, enough: least } : { atLeast: most + 1, enough };

/** The middle in whole large blocks; of bounds that have no such limit between them, to the byte: they come half as near with each limit that is tried. */
const middleOf = ({ atLeast, enough }: NeededBounds): number => {
  const middle = (atLeast + enough) / 2;
  const inBlocks = roundUp(middle, LARGE_BYTES) - LARGE_BYTES;
  return inBlocks < atLeast ? Math.floor(middle) : inBlocks;
};

/** What to try next: the middle or, above it, what the run would have wanted where it failed. */
const nextTried = (bounds: NeededBounds, precision: number, way: ReplayRange | null): number => {
  const middle = middleOf(bounds);
  const wanted = way?.replayed.outOfMemory?.wantedBytes ?? 0;
  return wanted > bounds.enough - precision ? middle : Math.max(middle, wanted);
};

/**
 * The least limit with which a run goes on, to `neededPrecision`: it does with so much, and with less by no more than that it was seen to fail. Cached segments are
 * given back where memory is short, as PyTorch does before it gives up.
 *
 * Sought between the most that storages take and what is reserved without a limit, no further than is asked: the same runs are replayed in the same order
 * whoever asks, so that two answers never contradict each other. A larger limit may fail all the same, now and then: what is given back later leaves other gaps.
 *
 * @param leastBytes no run goes on with less
 * @returns what is enough, once bounds tell what is asked, or are as near as they get
 */
export const neededBytes = (
  { enoughBytes, under }: ReplaysUnderLimits,
  leastBytes: number,
): ((isTold?: IsTold) => number) => {
  const precision = neededPrecision(leastBytes);
  let bounds: NeededBounds = { atLeast: leastBytes, enough: enoughBytes };
  let way: ReplayRange | null = null;
  return (isTold = () => false) => {
    while (!isTold(bounds) && bounds.enough - bounds.atLeast > precision) {
      way = under(nextTried(bounds, precision, way));
      bounds = narrowed(bounds, way);
    }
    return bounds.enough;
  };
};

/** What the allocator holds for a run, on a card with room to spare and on others. Nothing is replayed twice. */
export type Reservation = Readonly<{
  /** What is seen where there is room to spare: `torch.cuda.max_memory_reserved()`. */
  reservedBytes: number;
  /**
   * The least limit under which the run goes on, to `neededPrecision`.
   *
   * @param isTold whether bounds tell all that is asked; then what is given is the upper one, and nothing more is replayed
   */
  neededBytes: (isTold?: (bounds: NeededBounds) => boolean) => number;
  /** Whether the run goes on where the device has so many bytes. */
  goesOnWith: (limitBytes: number) => boolean;
  /** What is seen there; all of it where the run does not go on. */
  seenWith: (limitBytes: number) => number;
}>;

/** What the allocator holds for a run under some settings. The run without a limit is replayed at once, others when they are asked for. */
export const reservationOf = (run: AllocatorRun, settings: SettingsOfRun): Reservation => {
  const replays = replaysUnderLimits(run, settings);
  const leastBytes = once(() => livePeak(run));
  const needed = once(() => neededBytes(replays, leastBytes()));
  const goesOnWith = (limitBytes: number): boolean =>
    limitBytes >= leastBytes() && replays.under(limitBytes).replayed.outOfMemory === null;
  return {
    reservedBytes: replays.unlimited.reservedPeak,
    neededBytes: (isTold) => needed()(isTold),
    goesOnWith,
    seenWith: (limitBytes) => (goesOnWith(limitBytes) ? replays.under(limitBytes).replayed.reservedPeak : limitBytes),
  };
};
