import { BLOCK_BYTES } from "#calc/base/allocation.ts";

/**
 * All that the allocator counts and compares is in its smallest block, 512 bytes: whole numbers below 2^30, which JavaScript keeps in a field; bytes are floating-point
 * numbers, each in memory of its own.
 */
const inBlocks = (bytes: number): number => bytes / BLOCK_BYTES;

/** Blocks in one MiB: 2048. */
export const MIB = inBlocks(2 ** 20);

/** The largest request that small pools serve, and what a large pool's remainder must exceed to become a block. @see `kSmallSize` */
export const SMALL_SIZE = 1 * MIB;
/** A segment of a small pool, and a page of an expandable one. @see `kSmallBuffer` */
const SMALL_BUFFER = 2 * MIB;
/** A segment for large requests under `MIN_LARGE_ALLOC`, and a page of an expandable large pool. @see `kLargeBuffer` */
export const LARGE_BUFFER = 20 * MIB;
/** From here on a request has a segment of its own. @see `kMinLargeAlloc` */
const MIN_LARGE_ALLOC = 10 * MIB;
/** What such a segment is a multiple of. @see `kRoundLarge` */
export const ROUND_LARGE = 2 * MIB;
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
