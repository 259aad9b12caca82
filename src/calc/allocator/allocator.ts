import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import type { AllocatorSettings } from "./allocator-settings.ts";
import { createSegment, type Block, type BlockPool } from "./block.ts";
import { createBlocksBySize } from "./blocks-by-size.ts";
import { LARGE_BUFFER, MIB, SMALL_SIZE } from "./sizes.ts";

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
const findMaxSplitSize = (mib: number | null): number => (mib === null ? Infinity : Math.max(mib * MIB, LARGE_BUFFER));

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
export const giveBack = (allocator: Allocator, size: number): void => {
  allocator.reserved -= size;
};

/** A new segment of a pool, at addresses that none had before. */
export const addSegment = (allocator: Allocator, pool: BlockPool, size: number): Block => {
  const segment = createSegment(pool, allocator.nextPtr, size);
  allocator.nextPtr += size;
  allocator.segments.add(segment);
  return segment;
};
