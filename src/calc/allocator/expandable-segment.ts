import { addSegment, giveBack, reserve, type Allocator } from "./allocator.ts";
import { splitBlock, type Block, type BlockPool } from "./block.ts";
import { eraseByAddress, insertByAddress } from "./blocks-by-address.ts";
import { eraseBySize } from "./blocks-by-size.ts";
import { insertIntoBlocks, tryMergeBlocks } from "./free-block.ts";
import { MIB, pageSize, roundUp } from "./sizes.ts";

/** Addresses of a segment for small requests, 64 GiB, and for large ones, 384 GiB. PyTorch takes 9/8 of the card's memory; where one is full, another follows, there as here. */
const SMALL_ADDRESSES = 64 * 1024 * MIB;
const LARGE_ADDRESSES = 384 * 1024 * MIB;

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
export const tryAllocateExpandableBlock = (allocator: Allocator, pool: BlockPool, size: number): Block | null => {
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
export const unmapBlock = (allocator: Allocator, block: Block): void => {
  const page = pageSize(block.pool.isSmall);
  const before = roundUp(block.ptr, page) - block.ptr;
  const pages = Math.floor((block.size - before) / page) * page;
  if (pages <= 0) return;
  eraseBySize(block.pool.blocks, block);
  const unmapped = before > 0 ? splitBlock(block, before) : block;
  if (before > 0) insertIntoBlocks(allocator, block);
  if (pages < unmapped.size) insertIntoBlocks(allocator, splitBlock(unmapped, pages));
  giveBack(allocator, pages);
  unmapped.state = "unmapped";
  insertByAddress(block.pool.unmapped, tryMergeBlocks(unmapped));
};
