import { addSegment, findPool, reserve, type Allocator } from "./allocator.ts";
import { splitBlock, type Block, type BlockPool, type BlocksBySize } from "./block.ts";
import { eraseBySize, lowerBound, nextBySize } from "./blocks-by-size.ts";
import { tryAllocateExpandableBlock } from "./expandable-segment.ts";
import { insertIntoBlocks } from "./free-block.ts";
import { garbageCollectCachedBlocks } from "./garbage-collect.ts";
import { releaseAvailableCachedBlocks, releaseCachedBlocks } from "./release-cached-blocks.ts";
import { allocationSize, blocksOf, LARGE_BUFFER, MIN_BLOCK_SIZE, SMALL_SIZE } from "./sizes.ts";

/** The size that a block of an expandable segment can grow to. */
const expandableSize = (block: Block): number => block.size + (block.next?.state === "unmapped" ? block.next.size : 0);

/** From the smallest block on: where the next larger one could grow less far, that one. */
const leastExpandable = (blocks: BlocksBySize, smallest: Block): Block => {
  let block = smallest;
  for (let next = nextBySize(blocks, block); next !== null; next = nextBySize(blocks, next)) {
    if (expandableSize(next) >= expandableSize(block)) break;
    block = next;
  }
  return block;
};

/** Blocks that are not split go to requests about as large, the others to smaller requests. */
const isOfferedTo = (allocator: Allocator, block: Block, size: number): boolean =>
  size < allocator.maxSplitSize ? block.size < allocator.maxSplitSize : block.size < size + LARGE_BUFFER;

/**
 * Takes the smallest free block that is large enough out of its pool, of equals that with the lowest address.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `get_free_block`, pytorch@001074d2; `max_non_split_rounding_mb` is its default, 20 MiB.
 */
const getFreeBlock = (allocator: Allocator, pool: BlockPool, size: number): Block | null => {
  if (!pool.isSmall) allocator.largeCalls++;
  const { blocks } = pool;
  const smallest = lowerBound(blocks, size);
  if (smallest === null) return null;
  const block = allocator.isExpandable ? leastExpandable(blocks, smallest) : smallest;
  if (!isOfferedTo(allocator, block, size)) return null;
  eraseBySize(blocks, block);
  return block;
};

/** A new block from the device: null where it has no more. @see c10/cuda/CUDACachingAllocator.cpp, `alloc_block` */
const allocBlock = (allocator: Allocator, pool: BlockPool, size: number): Block | null => {
  if (allocator.isExpandable) return tryAllocateExpandableBlock(allocator, pool, size);
  const segmentSize = allocationSize(size);
  return reserve(allocator, segmentSize) ? addSegment(allocator, pool, segmentSize) : null;
};

const releaseAvailableAndRetry = (allocator: Allocator, pool: BlockPool, size: number): Block | null =>
  releaseAvailableCachedBlocks(allocator, pool, size) ? allocBlock(allocator, pool, size) : null;

const releaseAllAndRetry = (allocator: Allocator, pool: BlockPool, size: number): Block | null => {
  releaseCachedBlocks(allocator);
  allocator.retries++;
  return allocBlock(allocator, pool, size);
};

const newBlock = (allocator: Allocator, pool: BlockPool, size: number): Block | null => {
  garbageCollectCachedBlocks(allocator);
  return (
    allocBlock(allocator, pool, size) ??
    releaseAvailableAndRetry(allocator, pool, size) ??
    releaseAllAndRetry(allocator, pool, size)
  );
};

/**
 * Whether what a request leaves of a block becomes a block of its own.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `should_split`, pytorch@001074d2.
 */
const shouldSplit = (allocator: Allocator, block: Block, size: number): boolean => {
  const remaining = block.size - size;
  if (block.pool.isSmall || allocator.isExpandable) return remaining >= MIN_BLOCK_SIZE;
  return size < allocator.maxSplitSize && remaining > SMALL_SIZE;
};

/** @see c10/cuda/CUDACachingAllocator.cpp, `alloc_found_block` */
const allocFoundBlock = (allocator: Allocator, block: Block, size: number): Block => {
  if (shouldSplit(allocator, block, size)) insertIntoBlocks(allocator, splitBlock(block, size));
  block.state = "allocated";
  allocator.allocated += block.size;
  if (allocator.allocated > allocator.allocatedPeak) allocator.allocatedPeak = allocator.allocated;
  return block;
};

/**
 * A block for a request of so many bytes, above 0, on a stream: from the cache, from the device, from the device once more when all that is free was
 * given back; null where that fails too.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `malloc`, pytorch@001074d2.
 */
export const malloc = (allocator: Allocator, bytes: number, stream: number): Block | null => {
  const size = blocksOf(bytes);
  const pool = findPool(allocator, size, stream);
  const block = getFreeBlock(allocator, pool, size) ?? newBlock(allocator, pool, size);
  return block && allocFoundBlock(allocator, block, size);
};
