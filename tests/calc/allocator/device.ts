import {
  createAllocator,
  type Allocator,
  DEFAULT_ALLOCATOR_SETTINGS,
  type AllocatorSettings,
} from "#calc/allocator/allocator.ts";
import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import type { Block } from "#calc/allocator/blocks-by-size.ts";
import { malloc } from "#calc/allocator/malloc.ts";

export const MIB = 2 ** 20;

/** An allocator under some settings, the others as PyTorch has them. */
export const device = (settings: Partial<AllocatorSettings> = {}): Allocator =>
  createAllocator({ ...DEFAULT_ALLOCATOR_SETTINGS, ...settings });

/** A block for so many bytes: there is memory for it. */
export const take = (allocator: Allocator, bytes: number, stream = 0): Block => {
  const block = malloc(allocator, bytes, stream);
  if (block === null) throw new Error("memory is out");
  return block;
};

/** The blocks of a segment, in order. */
export const blocksFrom = (segment: Block): readonly Block[] => {
  const blocks: Block[] = [];
  for (let block: Block | null = segment; block !== null; block = block.next) blocks.push(block);
  return blocks;
};

/** Bytes of a block, or of so many of the smallest. */
export const bytesOf = (block: Block | number): number =>
  BLOCK_BYTES * (typeof block === "number" ? block : block.size);

/** What a segment's blocks are at, and how many bytes each has. */
export const statesOf = (allocator: Allocator): readonly (readonly (readonly [string, number])[])[] =>
  [...allocator.segments].map((segment) => blocksFrom(segment).map((block) => [block.state, bytesOf(block)] as const));

/** What is behind the addresses of each segment. */
export const segmentSizes = (allocator: Allocator): readonly number[] =>
  [...allocator.segments].map((segment) =>
    blocksFrom(segment).reduce((sum, block) => sum + (block.state === "unmapped" ? 0 : bytesOf(block)), 0),
  );
