// Malloc path of PyTorch's allocator: cached block, new segment, garbage collection, then a retry with an empty cache.

import {
  addSegment,
  unreserve,
  reserve,
  type Allocator,
  findPool,
  BLOCKS_PER_MIB,
  pageSize,
  roundUp,
  allocationSize,
  blocksOf,
  LARGE_BUFFER,
  MIN_BLOCK_SIZE,
  SMALL_SIZE,
} from "./allocator.ts";
import {
  splitBlock,
  type Block,
  type BlockPool,
  eraseByAddress,
  insertByAddress,
  eraseBySize,
  isSplit,
  inOrder,
  largest,
  lowerBound,
  type BlocksBySize,
  nextBySize,
} from "./blocks-by-size.ts";
import { insertIntoBlocks, tryMergeBlocks, synchronizeAndFreeEvents } from "./free-block.ts";

/** Addresses of a segment for small requests, 64 GiB, and for large ones, 384 GiB. PyTorch takes 9/8 of the card's memory; where one is full, another follows, there as here. */
const SMALL_ADDRESSES = 64 * 1024 * BLOCKS_PER_MIB;
const LARGE_ADDRESSES = 384 * 1024 * BLOCKS_PER_MIB;

const isAllocatable = (block: Block): boolean => block.state === "free" || block.state === "unmapped";

/** Whether a request has room in a row of free and unmapped blocks that begins here. */
const hasAvailableAddressSpace = (first: Block, size: number): boolean => {
  let room = 0;
  for (let block: Block | null = first; block !== null && isAllocatable(block); block = block.next) room += block.size;
  return room >= size;
};

/** With the free block before it, if there is one. */
const fromFreeBefore = (unmapped: Block): Block =>
  unmapped.prev !== null && isAllocatable(unmapped.prev) ? unmapped.prev : unmapped;

/** @param least blocks that the segment must have room for */
const addExpandableSegment = (allocator: Allocator, pool: BlockPool, least: number): Block => {
  const page = pageSize(pool.isSmall);
  const addresses = pool.isSmall ? SMALL_ADDRESSES : LARGE_ADDRESSES;
  // Where pages begin is then seen from an address alone.
  allocator.nextPtr = roundUp(allocator.nextPtr, page);
  const segment = addSegment(allocator, pool, roundUp(Math.max(addresses, least), page));
  segment.state = "unmapped";
  insertByAddress(pool.unmapped, segment);
  return segment;
};

/**
 * The lowest address with room for a request once pages are mapped there: an unmapped block, or the free one before it.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `find_expandable_block`, pytorch@001074d2.
 */
const findExpandableBlock = (allocator: Allocator, pool: BlockPool, size: number): Block =>
  pool.unmapped.map(fromFreeBefore).find((block) => hasAvailableAddressSpace(block, size)) ??
  addExpandableSegment(allocator, pool, size);

/**
 * Puts memory behind so many bytes of an unmapped block, in whole pages, as one with its free neighbours. Null where the device has no more.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `map_block`, `ExpandableSegment::map`, pytorch@001074d2: pages of a call that failed are given back.
 */
const mapBlock = (allocator: Allocator, block: Block, size: number): Block | null => {
  const mapped = roundUp(size, pageSize(block.pool.isSmall));
  if (!reserve(allocator, mapped)) return null;
  eraseByAddress(block.pool.unmapped, block);
  if (mapped < block.size) insertByAddress(block.pool.unmapped, splitBlock(block, mapped));
  block.state = "free";
  const free = tryMergeBlocks(block);
  insertIntoBlocks(allocator, free);
  return free;
};

/**
 * A block for a request from the pool's segment, which grows by as many pages as are missing. Null where the device has no more; pages that it
 * got until then stay mapped.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `try_allocate_expandable_block`, pytorch@001074d2.
 */
const tryAllocateExpandableBlock = (allocator: Allocator, pool: BlockPool, size: number): Block | null => {
  const found = findExpandableBlock(allocator, pool, size);
  let block = found.state === "free" ? found : mapBlock(allocator, found, Math.min(found.size, size));
  while (block !== null && block.size < size) {
    const { next } = block;
    block = next && mapBlock(allocator, next, Math.min(size - block.size, next.size));
  }
  if (block !== null) eraseBySize(pool.blocks, block);
  return block;
};

/**
 * Takes the memory from behind the whole pages of a free block.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `unmap_block`, pytorch@001074d2. A segment without a page is left here, as addresses; there it is deleted.
 */
const unmapBlock = (allocator: Allocator, block: Block): void => {
  const page = pageSize(block.pool.isSmall);
  const before = roundUp(block.ptr, page) - block.ptr;
  const pages = Math.floor((block.size - before) / page) * page;
  if (pages <= 0) return;
  eraseBySize(block.pool.blocks, block);
  const unmapped = before > 0 ? splitBlock(block, before) : block;
  if (before > 0) insertIntoBlocks(allocator, block);
  if (pages < unmapped.size) insertIntoBlocks(allocator, splitBlock(unmapped, pages));
  unreserve(allocator, pages);
  unmapped.state = "unmapped";
  insertByAddress(block.pool.unmapped, tryMergeBlocks(unmapped));
};

/** Gives a free segment back to the device. @see c10/cuda/CUDACachingAllocator.cpp, `release_block` */
const releaseBlock = (allocator: Allocator, block: Block): void => {
  eraseBySize(block.pool.blocks, block);
  allocator.segments.delete(block);
  unreserve(allocator, block.size);
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
const releaseCachedBlocks = (allocator: Allocator): void => {
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
const releaseAvailableCachedBlocks = (allocator: Allocator, pool: BlockPool, size: number): boolean => {
  if (allocator.isExpandable) return false;
  const block = lowerBound(pool.blocks, size);
  if (block === null) return releaseLargest(allocator, pool, size);
  releaseBlock(allocator, block);
  return true;
};

/** How often large pools were asked for a block since this one was freed. @see c10/cuda/CUDACachingAllocator.cpp, `gc_count` */
const gcCount = (allocator: Allocator, block: Block): number => allocator.largeCalls - block.gcCountBase;

const totalAge = (allocator: Allocator, blocks: readonly Block[]): number =>
  blocks.reduce((sum, block) => sum + gcCount(allocator, block), 0);

/** Gives back those that are of the average age or older: they, and the others. */
const releaseOld = (allocator: Allocator, freeable: readonly Block[]): readonly Block[] => {
  const average = totalAge(allocator, freeable) / freeable.length;
  const isOld = (block: Block): boolean => gcCount(allocator, block) >= average;
  for (const block of freeable) if (isOld(block)) releaseBlock(allocator, block);
  return freeable.filter((block) => !isOld(block));
};

/**
 * Above `garbage_collection_threshold` of the limit: gives whole free segments of large pools back, the older half first, until the reserved bytes are
 * under it again or there are none left.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `garbage_collect_cached_blocks`, pytorch@001074d2: age is counted in requests of large blocks, not in
 * time. No block of an expandable segment is a whole one: addresses follow it.
 */
const garbageCollectCachedBlocks = (allocator: Allocator): void => {
  if (allocator.reserved <= allocator.gcThreshold) return;
  let freeable: readonly Block[] = allocator.pools.flatMap(({ isSmall, blocks }) =>
    isSmall ? [] : inOrder(blocks).filter((block) => !isSplit(block)),
  );
  while (allocator.reserved > allocator.gcThreshold && freeable.length > 0) freeable = releaseOld(allocator, freeable);
};

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
