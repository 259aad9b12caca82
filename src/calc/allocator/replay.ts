// Replay of a run through PyTorch's caching allocator: peaks, layout after each step, out of memory under a limit.

import {
  type AllocatorRun,
  type Allocator,
  type ReplayPart,
  createAllocator,
  type AllocatorSettings,
} from "./allocator.ts";
import type { Block } from "./blocks-by-size.ts";
import { finishUse, free, freeWhileUsed } from "./free-block.ts";
import { malloc } from "./malloc.ts";
import { BLOCK_BYTES } from "#calc/base/bytes.ts";

/** A run whose layout does not repeat by then is left there: pieces of it go round in more steps than are worth waiting for. */
const MOST_STEPS = 16;

/** How many steps after the first are replayed at most: one over and over, or each of several once. */
const mostSteps = ({ steps }: AllocatorRun): number => (steps.length === 1 ? MOST_STEPS - 1 : steps.length);

/** A run under way. */
type Replay = { readonly allocator: Allocator; readonly storages: number; readonly blocks: (Block | null)[] };

/** One for each storage, none of which has a block yet. `Array.from` takes five times as long, a sixth of a whole replay. */
const noBlocks = (storages: number): Replay["blocks"] => {
  const blocks: Replay["blocks"] = [];
  for (let storage = 0; storage < storages; storage++) blocks.push(null);
  return blocks;
};

/** A run of so many storages at its beginning. @internal */
export const startReplay = (allocator: Allocator, storages: number): Replay => ({
  allocator,
  storages,
  blocks: noBlocks(storages),
});

/** False where memory is out. */
const allocate = ({ allocator, blocks }: Replay, part: ReplayPart, storage: number): boolean => {
  const bytes = part.bytes[storage] ?? 0;
  if (bytes === 0) return true;
  const block = malloc(allocator, bytes, part.streams[storage] ?? 0);
  if (block === null) return false;
  block.storage = storage;
  blocks[storage] = block;
  return true;
};

/** The block of a storage, unless it has none: of 0 bytes, or freed while all streams were waited for. */
const blockOf = ({ blocks }: Replay, storage: number): Block | null => {
  const block = blocks[storage];
  return block?.storage === storage ? block : null;
};

const letGo = (replay: Replay, storage: number): void => {
  const block = blockOf(replay, storage);
  if (block?.state === "waiting") finishUse(replay.allocator, block);
  else if (block !== null) free(replay.allocator, block);
};

const letGoWhileUsed = (replay: Replay, storage: number): void => {
  const block = blockOf(replay, storage);
  if (block !== null) freeWhileUsed(replay.allocator, block);
};

/** An event of a part happens; false where memory is out. @internal */
export const replayEvent = (replay: Replay, part: ReplayPart, event: number): boolean => {
  if (event < 0) letGo(replay, ~event);
  else if (event < replay.storages) return allocate(replay, part, event);
  else letGoWhileUsed(replay, event - replay.storages);
  return true;
};

/** Segment by segment, block by block: whose each is, and how large. All that the allocator does from here on follows from it, wherever segments lie. */
type Layout = readonly number[];

/** Where a segment begins. No storage has this number. */
const SEGMENT = -2;
const UNMAPPED = -3;

/** A number for each storage, and another where its block waits for a stream; one for all free blocks. */
const ownerOf = ({ state, storage }: Block): number => {
  if (state === "unmapped") return UNMAPPED;
  return state === "waiting" ? UNMAPPED - 1 - storage : storage;
};

/** How storages lie in segments now. @internal */
export const layoutOf = (allocator: Allocator): Layout => {
  const layout: number[] = [];
  for (const segment of allocator.segments) {
    layout.push(SEGMENT);
    for (let block: Block | null = segment; block !== null; block = block.next) layout.push(ownerOf(block), block.size);
  }
  return layout;
};

/** Whether two are the same. @internal */
export const isSameLayout = (one: Layout, other: Layout): boolean =>
  one.length === other.length && one.every((value, index) => value === other[index]);

/**
 * Where a run ends because memory is out: the event of that index asks for so many bytes in vain. Parts are counted: loading, the first step, those after it.
 * `wantedBytes`: what would then be reserved in all, with everything given back that could be.
 */
type OutOfMemory = Readonly<{ part: number; event: number; requestedBytes: number; wantedBytes: number }>;

/** A run as its parts leave it, and the last of these: loading is 0, the first step 1. */
type PartsReplayed = Readonly<{ underWay: Replay; last: number; outOfMemory: OutOfMemory | null }>;

/** The index of the event that memory is out at; -1 where the part goes through. */
const replayPart = (replay: Replay, part: ReplayPart): number => {
  const { events } = part;
  for (let index = 0; index < events.length; index++)
    if (!replayEvent(replay, part, events[index] as number)) return index;
  return -1;
};

/** The first step is part 1; after it come so many in turn. */
const partsOf = ({ load, first, steps }: AllocatorRun, count: number): readonly ReplayPart[] => [
  load,
  first,
  ...Array.from({ length: count }, (_, index) => steps[index % steps.length] as ReplayPart),
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

const requestedBytes = (part: ReplayPart, event: number): number => part.bytes[part.events[event] ?? 0] ?? 0;

/**
 * Replays loading and steps, until a step ends as an earlier one did (where lengths are constant).
 *
 * @param most steps after the first
 * @internal
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

/**
 * What is reserved in a step of a run, on a device with room to spare: before it, and after each of its events. Where lengths are constant, in one that goes as
 * those before it did, or the last that a replay comes to. In the first case that is one figure all through: nothing is given back, and the same step needs
 * nothing new.
 *
 * @param index of the step among those after the first
 */
export const reservedInStep = (run: AllocatorRun, settings: SettingsOfRun, index: number): Float64Array => {
  const before = run.steps.length === 1 ? mostSteps(run) - 1 : index;
  const { underWay } = replayParts(run, { ...settings, limitBytes: null }, before);
  const step = run.steps[index] as ReplayPart;
  const { events } = step;
  const reserved = new Float64Array(events.length + 1);
  reserved[0] = underWay.allocator.reserved * BLOCK_BYTES;
  for (let event = 0; event < events.length; event++) {
    replayEvent(underWay, step, events[event] as number);
    reserved[event + 1] = underWay.allocator.reserved * BLOCK_BYTES;
  }
  return reserved;
};

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

/**
 * A run through PyTorch's caching allocator: loading and steps, until a step ends as an earlier one did (where lengths are constant) or each was run once.
 *
 * Not here: private pools of CUDA graphs and of `torch.cuda.MemPool`, `roundup_power2_divisions`, what cudaMalloc itself rounds or loses.
 */
export const replay = (run: AllocatorRun, settings: AllocatorSettings): Replayed => {
  const { underWay, last, outOfMemory } = replayParts(run, settings, mostSteps(run));
  const { allocatedPeak, reservedPeak, reserved, retries, leastRefused } = underWay.allocator;
  return {
    allocatedPeak: allocatedPeak * BLOCK_BYTES,
    reservedPeak: reservedPeak * BLOCK_BYTES,
    reserved: reserved * BLOCK_BYTES,
    retries,
    steps: last,
    leastRefused: leastRefused * BLOCK_BYTES,
    outOfMemory,
  };
};

/** What a run sets of the allocator, whatever the device has. */
export type SettingsOfRun = Omit<AllocatorSettings, "limitBytes">;

/** A replay, and the limits under which the run goes that way. */
export type ReplayRange = Readonly<{ least: number; most: number; replayed: Replayed }>;

/**
 * A limit is only ever compared with what would be reserved in all. So a run goes the same way with as little as it reserved, and with less than the least
 * that was refused. With garbage collection the limit decides more.
 */
const wayOf = (replayed: Replayed, limitBytes: number, { garbage_collection_threshold }: SettingsOfRun): ReplayRange =>
  garbage_collection_threshold === null
    ? { least: replayed.reservedPeak, most: replayed.leastRefused - 1, replayed }
    : { least: limitBytes, most: limitBytes, replayed };

/** A run under one limit and another: each way that it goes is replayed once. */
export type ReplaysUnderLimits = Readonly<{
  unlimited: Replayed;
  /** From here on the run goes as without a limit: nothing is refused, and nothing collected. */
  enoughBytes: number;
  under: (limitBytes: number) => ReplayRange;
}>;

/** Nothing is replayed yet but the run without a limit. */
export const replaysUnderLimits = (run: AllocatorRun, settings: SettingsOfRun): ReplaysUnderLimits => {
  const unlimited = replay(run, { ...settings, limitBytes: null });
  const enoughBytes = Math.ceil(unlimited.reservedPeak / (settings.garbage_collection_threshold ?? 1));
  const ways: ReplayRange[] = [{ least: enoughBytes, most: Infinity, replayed: unlimited }];
  const under = (limitBytes: number): ReplayRange => {
    const known = ways.find(({ least, most }) => least <= limitBytes && limitBytes <= most);
    if (known !== undefined) return known;
    const way = wayOf(replay(run, { ...settings, limitBytes }), limitBytes, settings);
    ways.push(way);
    return way;
  };
  return { unlimited, enoughBytes, under };
};
