import { giveBack, type Allocator } from "./allocator.ts";
import { isSplit, type Block, type BlockPool } from "./block.ts";
import { eraseBySize, inOrder, largest, lowerBound } from "./blocks-by-size.ts";
import { unmapBlock } from "./expandable-segment.ts";
import { synchronizeAndFreeEvents } from "./free-block.ts";

/** Gives a free segment back to the device. @see c10/cuda/CUDACachingAllocator.cpp, `release_block` */
export const releaseBlock = (allocator: Allocator, block: Block): void => {
  eraseBySize(block.pool.blocks, block);
  allocator.segments.delete(block);
  giveBack(allocator, block.size);
};

const releaseBlocks = (allocator: Allocator, pool: BlockPool): void => {
  for (const block of inOrder(pool.blocks))
    if (allocator.isExpandable) unmapBlock(allocator, block);
    else if (!isSplit(block)) releaseBlock(allocator, block);
};

/**
 * Gives back all that is free: whole segments, of expandable ones whole pages.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `release_cached_blocks`, `release_blocks`, pytorch@001074d2.
 */
export const releaseCachedBlocks = (allocator: Allocator): void => {
  synchronizeAndFreeEvents(allocator);
  for (const pool of allocator.pools) releaseBlocks(allocator, pool);
};

/** Gives back the largest of the blocks that are not split, one after the other, until there is enough. */
const releaseLargest = (allocator: Allocator, pool: BlockPool, size: number): boolean => {
  let released = 0;
  while (released < size) {
    const block = largest(pool.blocks);
    if (block === null || block.size < allocator.maxSplitSize) break;
    releaseBlock(allocator, block);
    released += block.size;
  }
  return released >= size;
};

/**
 * With `max_split_size_mb`: gives back a block that is not split and large enough, or several. Whether there may be room now.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `release_available_cached_blocks`, pytorch@001074d2: blocks of expandable segments are left alone. What is large
 * enough and did not serve the request is not split; without the setting there is nothing of the kind.
 */
export const releaseAvailableCachedBlocks = (allocator: Allocator, pool: BlockPool, size: number): boolean => {
  if (allocator.isExpandable) return false;
  const block = lowerBound(pool.blocks, size);
  if (block === null) return releaseLargest(allocator, pool, size);
  releaseBlock(allocator, block);
  return true;
};
