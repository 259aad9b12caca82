import { allocated } from "#calc/base/allocation.ts";
import type { AllocatorSettings } from "./allocator-settings.ts";
import { replay, type Replayed } from "./replay.ts";
import type { AllocatorRun } from "./run.ts";
import { ROUND_LARGE, roundUp } from "./sizes.ts";

/** The most that storages take at once, each rounded up to a whole block: no run goes on with less. */
const livePeak = ({ storages, load, first, steps }: AllocatorRun): number => {
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

/** Limits between which the least one is: the run fails below `tooLittle`, and goes on with `enough`. */
type Bounds = Readonly<{ tooLittle: number; enough: number }>;

/**
 * What a try with one limit says of others. A limit is only ever compared with what would be reserved in all. So a run that goes on goes the same way with
 * as little as it reserved; one that fails goes the same way with less than the least that was refused. With garbage collection the limit decides more.
 */
const narrowed = ({ tooLittle, enough }: Bounds, limit: number, tried: Replayed & { isCollected: boolean }): Bounds => {
  if (tried.outOfMemory === null) return { tooLittle, enough: tried.isCollected ? limit : tried.reservedPeak };
  return { tooLittle: tried.isCollected ? limit + ROUND_LARGE : tried.leastRefused, enough };
};

/**
 * The least limit, a multiple of 2 MiB, under which a run goes on: with 2 MiB less it runs out of memory. Cached segments are given back where memory is
 * short, as PyTorch does before it gives up.
 *
 * Found by bisection between the most that storages take and what is reserved without a limit. A larger limit may fail all the same, now and then: what is
 * given back later leaves other gaps.
 */
export const neededBytes = (
  run: AllocatorRun,
  settings: AllocatorSettings,
  unlimited: Replayed = replay(run, { ...settings, limitBytes: null }),
): number => {
  const threshold = settings.garbage_collection_threshold;
  let bounds: Bounds = {
    tooLittle: roundUp(livePeak(run), ROUND_LARGE),
    // Above this nothing is collected, nor refused.
    enough: roundUp(unlimited.reservedPeak / (threshold ?? 1), ROUND_LARGE),
  };
  while (bounds.tooLittle < bounds.enough) {
    const limitBytes = roundUp((bounds.tooLittle + bounds.enough) / 2, ROUND_LARGE) - ROUND_LARGE;
    bounds = narrowed(bounds, limitBytes, {
      ...replay(run, { ...settings, limitBytes }),
      isCollected: threshold !== null,
    });
  }
  return bounds.enough;
};
