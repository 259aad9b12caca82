// State of PyTorch's caching allocator in a replay: its sizes, pools and settings, and the run that it serves.

import { BLOCK_BYTES, MIB } from "#calc/base/bytes.ts";
import { createSegment, type Block, type BlockPool, createBlocksBySize } from "./blocks-by-size.ts";

/**
 * All that the allocator counts and compares is in its smallest block, 512 bytes: whole numbers below 2^30, which JavaScript keeps in a field; bytes are floating-point
 * numbers, each in memory of its own.
 */
const inBlocks = (bytes: number): number => bytes / BLOCK_BYTES;

/** Blocks in one MiB: 2048. */
export const BLOCKS_PER_MIB = inBlocks(MIB);

/** The largest request that small pools serve, and what a large pool's remainder must exceed to become a block. @see `kSmallSize` */
export const SMALL_SIZE = 1 * BLOCKS_PER_MIB;
/** A segment of a small pool, and a page of an expandable one. @see `kSmallBuffer` */
const SMALL_BUFFER = 2 * BLOCKS_PER_MIB;
/** A segment for large requests under `MIN_LARGE_ALLOC`, and a page of an expandable large pool. @see `kLargeBuffer` */
export const LARGE_BUFFER = 20 * BLOCKS_PER_MIB;
/** From here on a request has a segment of its own. @see `kMinLargeAlloc` */
const MIN_LARGE_ALLOC = 10 * BLOCKS_PER_MIB;
/** What such a segment is a multiple of. @see `kRoundLarge` */
export const ROUND_LARGE = 2 * BLOCKS_PER_MIB;
/** The smallest block. @see `kMinBlockSize` */
export const MIN_BLOCK_SIZE = inBlocks(BLOCK_BYTES);

/** The number of 512-byte blocks for a size in bytes, rounded up. @see c10/cuda/CUDACachingAllocator.cpp, `round_size` */
export const blocksOf = (bytes: number): number => Math.ceil(inBlocks(bytes));

/** A number rounded up to a multiple of a unit. */
export const roundUp = (many: number, unit: number): number => Math.ceil(many / unit) * unit;

/**
 * The segment that cudaMalloc is asked for when no block serves a request of so many rounded bytes.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `get_allocation_size`, pytorch@001074d2.
 */
export const allocationSize = (size: number): number => {
  if (size <= SMALL_SIZE) return SMALL_BUFFER;
  if (size < MIN_LARGE_ALLOC) return LARGE_BUFFER;
  return roundUp(size, ROUND_LARGE);
};

/** A page of an expandable segment of a pool. @see c10/cuda/CUDACachingAllocator.cpp, `find_expandable_block`, `segment_size`. */
export const pageSize = (isSmall: boolean): number => (isSmall ? SMALL_BUFFER : LARGE_BUFFER);

/** The allocator of one device while a run is replayed. @see c10/cuda/CUDACachingAllocator.cpp, `DeviceCachingAllocator` */
export type Allocator = {
  /** Memory of the device. This and all sizes here count blocks of 512 bytes. */
  readonly limit: number;
  readonly maxSplitSize: number;
  readonly isExpandable: boolean;
  /** Old blocks are given back when more than this is reserved. */
  readonly gcThreshold: number;
  /** Two pools a stream: small, large. */
  readonly pools: BlockPool[];
  /** The first block of each segment, in the order of their addresses. */
  readonly segments: Set<Block>;
  /** Freed by their owners, used by other streams. */
  readonly waiting: Set<Block>;
  allocated: number;
  allocatedPeak: number;
  reserved: number;
  reservedPeak: number;
  /** `num_alloc_retries`: how often all that is cached was given back because memory was short. */
  retries: number;
  /** What would have been reserved in all, had the device not refused: the least of these. */
  leastRefused: number;
  /** The same, of the last request that was refused. */
  lastRefused: number;
  /** How many blocks large pools were asked for: `get_free_blocks_call_count`. */
  largeCalls: number;
  /** Where the next segment begins. */
  nextPtr: number;
};

/** PyTorch refuses a `max_split_size_mb` below 20; here it is 20. Nothing that is as large is ever a part of a segment. @see `parseMaxSplitSize` */
const findMaxSplitSize = (mib: number | null): number =>
  mib === null ? Infinity : Math.max(mib * BLOCKS_PER_MIB, LARGE_BUFFER);

/** An allocator that holds nothing. */
export const createAllocator = (settings: AllocatorSettings): Allocator => {
  const limit = (settings.limitBytes ?? Infinity) / BLOCK_BYTES;
  return {
    limit,
    maxSplitSize: findMaxSplitSize(settings.max_split_size_mb),
    isExpandable: settings.expandable_segments,
    gcThreshold: (settings.garbage_collection_threshold ?? Infinity) * limit,
    pools: [],
    segments: new Set(),
    waiting: new Set(),
    allocated: 0,
    allocatedPeak: 0,
    reserved: 0,
    reservedPeak: 0,
    retries: 0,
    leastRefused: Infinity,
    lastRefused: Infinity,
    largeCalls: 0,
    nextPtr: 0,
  };
};

const createPool = (isSmall: boolean): BlockPool => ({
  isSmall,
  blocks: createBlocksBySize(),
  unmapped: [],
  spare: [],
  made: 0,
});

/**
 * The pool that serves a request on a stream. `size` counts blocks of 512 bytes.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `get_pool`: PyTorch keeps all streams' blocks in one set, sorted by stream; here each stream has its own.
 */
export const findPool = (allocator: Allocator, size: number, stream: number): BlockPool => {
  const { pools } = allocator;
  while (pools.length <= 2 * stream) pools.push(createPool(true), createPool(false));
  return pools[2 * stream + (size <= SMALL_SIZE ? 0 : 1)] as BlockPool;
};

/** Takes memory from the device: false where it has not so much. @see `cudaMalloc`, `cuMemCreate` */
export const reserve = (allocator: Allocator, size: number): boolean => {
  const reserved = allocator.reserved + size;
  if (reserved > allocator.limit) {
    allocator.leastRefused = Math.min(allocator.leastRefused, reserved);
    allocator.lastRefused = reserved;
    return false;
  }
  allocator.reserved = reserved;
  allocator.reservedPeak = Math.max(allocator.reservedPeak, reserved);
  return true;
};

/** Gives memory back to the device. @see `cudaFree`, `cuMemRelease` */
export const unreserve = (allocator: Allocator, size: number): void => {
  allocator.reserved -= size;
};

/** A new segment of a pool, at addresses that none had before. */
export const addSegment = (allocator: Allocator, pool: BlockPool, size: number): Block => {
  const segment = createSegment(pool, allocator.nextPtr, size);
  allocator.nextPtr += size;
  allocator.segments.add(segment);
  return segment;
};

/**
 * What a run sets of the allocator, under the names of `PYTORCH_CUDA_ALLOC_CONF`.
 *
 * @see c10/core/AllocatorConfig.h, `AcceleratorAllocatorConfig`, ROCm/pytorch@08b2238d, newer than the code of the allocator that is cited beside it (pytorch@001074d2).
 */
export type AllocatorSettings = Readonly<{
  /** What cudaMalloc and cuMemCreate can give in all; null: no limit. */
  limitBytes: number | null;
  /** One segment a pool that grows by pages, in the place of a segment for each large request. */
  expandable_segments: boolean;
  /** Blocks of so many MiB and more are not split (PyTorch takes 20 and more); null: all are. */
  max_split_size_mb: number | null;
  /**
   * The fraction of the limit above which blocks are given back that nobody asked for in a while; null: never. PyTorch heeds it only where
   * `set_per_process_memory_fraction` was called: that is the limit here.
   */
  garbage_collection_threshold: number | null;
}>;

/** What PyTorch does where nothing is set. */
export const DEFAULT_ALLOCATOR_SETTINGS: AllocatorSettings = {
  limitBytes: null,
  expandable_segments: false,
  max_split_size_mb: null,
  garbage_collection_threshold: null,
};

/** What a piece of a run asks of the allocator, in order. Storages are numbered through the whole run; one that outlives its part keeps its number and its block. */
export type ReplayPart = Readonly<{
  /** Bytes that each storage asks for, by number; not rounded. Another part may give a number another size (rows of another length). */
  bytes: Float64Array;
  /** The stream whose pools serve it, by number: 0 is the stream of the computation. */
  streams: Uint8Array;
  /**
   * In order, n being a storage:
   *
   * - `n`: it is allocated. Of 0 bytes nothing is.
   * - `~n`, below 0: it is freed.
   * - `storages + n`: its owner frees it while another stream still uses it (`record_stream`). It is no longer allocated, and nobody else can have its block
   *   until `~n`, where that stream is done with it (`process_events`), or until the allocator waits for all streams because memory is short. `~n` stands
   *   before the number is allocated again.
   */
  events: Int32Array;
}>;

/** A run: loading, the first step (it makes the optimizer's states), and the steps after it, run in turn over and over (one where lengths are constant). */
export type AllocatorRun = Readonly<{
  storages: number;
  load: ReplayPart;
  first: ReplayPart;
  steps: readonly ReplayPart[];
}>;
