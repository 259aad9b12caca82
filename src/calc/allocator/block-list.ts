import type { Block } from "./block.ts";

/** Where the first block stands that is not below this size and address. @see `BlockComparatorSize`: by size, then by address */
export const lowerBound = (blocks: readonly Block[], size: number, ptr: number): number => {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const block = blocks[middle] as Block;
    if (block.size < size || (block.size === size && block.ptr < ptr)) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Puts a block among those by size. */
export const insertBySize = (blocks: Block[], block: Block): void => {
  blocks.splice(lowerBound(blocks, block.size, block.ptr), 0, block);
};

/** Takes a block from among those by size. */
export const eraseBySize = (blocks: Block[], block: Block): void => {
  blocks.splice(lowerBound(blocks, block.size, block.ptr), 1);
};

/** Puts a block among those by address, of which there are few. @see `BlockComparatorAddress` */
export const insertByAddress = (blocks: Block[], block: Block): void => {
  const after = blocks.findIndex(({ ptr }) => ptr > block.ptr);
  blocks.splice(after === -1 ? blocks.length : after, 0, block);
};

/** Takes a block from among those by address. */
export const eraseByAddress = (blocks: Block[], block: Block): void => {
  blocks.splice(blocks.indexOf(block), 1);
};
