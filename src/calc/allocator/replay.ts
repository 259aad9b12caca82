import { createAllocator, type Allocator } from "./allocator.ts";
import type { AllocatorSettings } from "./allocator-settings.ts";
import { isSameLayout, layoutOf, type Layout } from "./layout.ts";
import { replayEvent, startReplay, type Replay } from "./replay-event.ts";
import type { AllocatorRun, Part } from "./run.ts";

/**
 * Where a run ends because memory is out: the event of that index asks for so many bytes in vain. Parts are counted: loading, the first step, those after it.
 * `wantedBytes`: what would then be reserved in all, with everything given back that could be.
 */
type OutOfMemory = Readonly<{ part: number; event: number; requestedBytes: number; wantedBytes: number }>;

/** What was seen of a replay. */
export type Replayed = Readonly<{
  /** The most that storages took: `torch.cuda.max_memory_allocated()`. */
  allocatedPeak: number;
  /** The most that was held for them: `torch.cuda.max_memory_reserved()`. */
  reservedPeak: number;
  /** What is held after the last step: `torch.cuda.memory_reserved()`. */
  reserved: number;
  /** How often all that was cached was given back because memory was short: `num_alloc_retries`. */
  retries: number;
  /** Steps that were replayed, the first one included; more would show nothing new, where lengths are constant. */
  steps: number;
  /** The least that would have been reserved in all by a request that the device refused; infinite where it refused none. */
  leastRefused: number;
  outOfMemory: OutOfMemory | null;
}>;

/** A run whose layout does not repeat by then is left there: pieces of it go round in more steps than are worth waiting for. */
const MOST_STEPS = 16;

/** The index of the event that memory is out at; -1 where the part goes through. */
const replayPart = (replay: Replay, part: Part): number => {
  const { events } = part;
  for (let index = 0; index < events.length; index++)
    if (!replayEvent(replay, part, events[index] as number)) return index;
  return -1;
};

/** The first step is part 1; after it comes one step over and over, or each of several once. */
const partsOf = ({ load, first, steps }: AllocatorRun): readonly Part[] => [
  load,
  first,
  ...(steps.length === 1 ? Array.from({ length: MOST_STEPS - 1 }, () => steps).flat() : steps),
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

const summaryOf = (allocator: Allocator, steps: number, outOfMemory: OutOfMemory | null): Replayed => ({
  allocatedPeak: allocator.allocatedPeak,
  reservedPeak: allocator.reservedPeak,
  reserved: allocator.reservedBytes,
  retries: allocator.retries,
  steps,
  leastRefused: allocator.leastRefused,
  outOfMemory,
});

const requestedBytes = (part: Part, event: number): number => part.bytes[part.events[event] ?? 0] ?? 0;

/**
 * A run through PyTorch's caching allocator: loading and steps, until a step ends as an earlier one did (where lengths are constant) or each was run once.
 *
 * Not here: private pools of CUDA graphs and of `torch.cuda.MemPool`, `roundup_power2_divisions`, what cudaMalloc itself rounds or loses.
 */
export const replay = (run: AllocatorRun, settings: AllocatorSettings): Replayed => {
  const allocator = createAllocator(settings);
  const underWay = startReplay(allocator, run.storages);
  const seen: Layout[] = [];
  let steps = 0;
  for (const [index, part] of partsOf(run).entries()) {
    steps = index;
    const event = replayPart(underWay, part);
    if (event !== -1)
      return summaryOf(allocator, steps, {
        part: index,
        event,
        requestedBytes: requestedBytes(part, event),
        wantedBytes: allocator.lastRefused,
      });
    if (index > 0 && comesRound(run, allocator) && wasSeen(seen, layoutOf(allocator))) break;
  }
  return summaryOf(allocator, steps, null);
};
