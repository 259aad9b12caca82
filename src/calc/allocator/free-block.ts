// Free path of PyTorch's allocator: a block returns to its pool, merged with free neighbors, also after stream use.

import type { Allocator } from "./allocator.ts";
import { absorbNext, type Block, eraseByAddress, eraseBySize, insertBySize } from "./blocks-by-size.ts";

const eraseFromPool = (block: Block): void => {
  if (block.state === "unmapped") eraseByAddress(block.pool.unmapped, block);
  else eraseBySize(block.pool.blocks, block);
};

/**
 * Makes one block of this one, which no list has, and of neighbours in the same state, which lists have. The lowest of them stays.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `try_merge_blocks`, pytorch@001074d2: mapped with mapped, unmapped with unmapped, none that is allocated or waited for.
 */
export const tryMergeBlocks = (block: Block): Block => {
  const { prev, next } = block;
  if (next !== null && next.state === block.state) {
    eraseFromPool(next);
    absorbNext(block, next);
  }
  if (prev === null || prev.state !== block.state) return block;
  eraseFromPool(prev);
  absorbNext(prev, block);
  return prev;
};

/** Puts a free block into its pool; its age starts. @see c10/cuda/CUDACachingAllocator.cpp, `insert_into_blocks` */
export const insertIntoBlocks = (allocator: Allocator, block: Block): void => {
  block.gcCountBase = allocator.largeCalls;
  insertBySize(block.pool.blocks, block);
};

/** A block that nobody uses goes into its pool, as one with its free neighbours. @see c10/cuda/CUDACachingAllocator.cpp, `free_block` */
const freeBlock = (allocator: Allocator, block: Block): void => {
  block.state = "free";
  block.storage = -1;
  insertIntoBlocks(allocator, tryMergeBlocks(block));
};

/** A storage's owner lets go of it. @see c10/cuda/CUDACachingAllocator.cpp, `free` */
export const free = (allocator: Allocator, block: Block): void => {
  allocator.allocated -= block.size;
  freeBlock(allocator, block);
};

/** A storage's owner lets go of it while another stream uses it. @see c10/cuda/CUDACachingAllocator.cpp, `free` and `insert_events` of a recorded stream */
export const freeWhileUsed = (allocator: Allocator, block: Block): void => {
  allocator.allocated -= block.size;
  block.state = "waiting";
  allocator.waiting.add(block);
};

/** The other stream is done with it. @see c10/cuda/CUDACachingAllocator.cpp, `process_events` */
export const finishUse = (allocator: Allocator, block: Block): void => {
  allocator.waiting.delete(block);
  freeBlock(allocator, block);
};

/** All streams are waited for. @see c10/cuda/CUDACachingAllocator.cpp, `synchronize_and_free_events` */
export const synchronizeAndFreeEvents = (allocator: Allocator): void => {
  for (const block of allocator.waiting) finishUse(allocator, block);
};
