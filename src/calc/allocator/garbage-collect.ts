import type { Allocator } from "./allocator.ts";
import { isSplit, type Block } from "./block.ts";
import { inOrder } from "./blocks-by-size.ts";
import { releaseBlock } from "./release-cached-blocks.ts";

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
export const garbageCollectCachedBlocks = (allocator: Allocator): void => {
  if (allocator.reserved <= allocator.gcThreshold) return;
  let freeable: readonly Block[] = allocator.pools.flatMap(({ isSmall, blocks }) =>
    isSmall ? [] : inOrder(blocks).filter((block) => !isSplit(block)),
  );
  while (allocator.reserved > allocator.gcThreshold && freeable.length > 0) freeable = releaseOld(allocator, freeable);
};
