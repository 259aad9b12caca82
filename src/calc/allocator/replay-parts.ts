import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { createAllocator, type Allocator } from "./allocator.ts";
import type { AllocatorSettings } from "./allocator-settings.ts";
import { isSameLayout, layoutOf, type Layout } from "./layout.ts";
import { replayEvent, startReplay, type Replay } from "./replay-event.ts";
import type { AllocatorRun, Part } from "./run.ts";

/**
 * Where a run ends because memory is out: the event of that index asks for so many bytes in vain. Parts are counted: loading, the first step, those after it.
 * `wantedBytes`: what would then be reserved in all, with everything given back that could be.
 */
export type OutOfMemory = Readonly<{ part: number; event: number; requestedBytes: number; wantedBytes: number }>;

/** A run as its parts leave it, and the last of these: loading is 0, the first step 1. */
export type PartsReplayed = Readonly<{ underWay: Replay; last: number; outOfMemory: OutOfMemory | null }>;

/** The index of the event that memory is out at; -1 where the part goes through. */
const replayPart = (replay: Replay, part: Part): number => {
  const { events } = part;
  for (let index = 0; index < events.length; index++)
    if (!replayEvent(replay, part, events[index] as number)) return index;
  return -1;
};

/** The first step is part 1; after it come so many in turn. */
const partsOf = ({ load, first, steps }: AllocatorRun, count: number): readonly Part[] => [
  load,
  first,
  ...Array.from({ length: count }, (_, index) => steps[index % steps.length] as Part),
];

/** Whether a step that ends as an earlier one did says all of those to come. Not where the age of blocks counts: it grows. */
const comesRound = ({ steps }: AllocatorRun, { gcThreshold }: Allocator): boolean =>
  steps.length === 1 && gcThreshold === Infinity;

/** Whether the layout is one of those seen; it is from now on. */
const wasSeen = (seen: Layout[], layout: Layout): boolean => {
  const isKnown = seen.some((earlier) => isSameLayout(earlier, layout));
  seen.push(layout);
  return isKnown;
};

const requestedBytes = (part: Part, event: number): number => part.bytes[part.events[event] ?? 0] ?? 0;

/**
 * Replays loading and steps, until a step ends as an earlier one did (where lengths are constant).
 *
 * @param most steps after the first
 */
export const replayParts = (run: AllocatorRun, settings: AllocatorSettings, most: number): PartsReplayed => {
  const allocator = createAllocator(settings);
  const underWay = startReplay(allocator, run.storages);
  const seen: Layout[] = [];
  let last = 0;
  for (const [index, part] of partsOf(run, most).entries()) {
    last = index;
    const event = replayPart(underWay, part);
    if (event !== -1) {
      const wantedBytes = allocator.lastRefused * BLOCK_BYTES;
      const outOfMemory = { part: index, event, requestedBytes: requestedBytes(part, event), wantedBytes };
      return { underWay, last, outOfMemory };
    }
    if (index > 0 && comesRound(run, allocator) && wasSeen(seen, layoutOf(allocator))) break;
  }
  return { underWay, last, outOfMemory: null };
};
