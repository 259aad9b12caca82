import type { Block } from "./block.ts";

/** Puts a block among those by address, of which there are few. @see `BlockComparatorAddress` */
export const insertByAddress = (blocks: Block[], block: Block): void => {
  const after = blocks.findIndex(({ ptr }) => ptr > block.ptr);
  blocks.splice(after === -1 ? blocks.length : after, 0, block);
};

/** Takes a block from among those by address. */
export const eraseByAddress = (blocks: Block[], block: Block): void => {
  blocks.splice(blocks.indexOf(block), 1);
};
