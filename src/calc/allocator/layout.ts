import type { Allocator } from "./allocator.ts";
import type { Block } from "./block.ts";

/** Segment by segment, block by block: whose each is, and how large. All that the allocator does from here on follows from it, wherever segments lie. */
export type Layout = readonly number[];

/** Where a segment begins. No storage has this number. */
const SEGMENT = -2;
const UNMAPPED = -3;

/** A number for each storage, and another where its block waits for a stream; one for all free blocks. */
const ownerOf = ({ state, storage }: Block): number => {
  if (state === "unmapped") return UNMAPPED;
  return state === "waiting" ? UNMAPPED - 1 - storage : storage;
};

/** How storages lie in segments now. */
export const layoutOf = (allocator: Allocator): Layout => {
  const layout: number[] = [];
  for (const segment of allocator.segments) {
    layout.push(SEGMENT);
    for (let block: Block | null = segment; block !== null; block = block.next) layout.push(ownerOf(block), block.size);
  }
  return layout;
};

/** Whether two are the same. */
export const isSameLayout = (one: Layout, other: Layout): boolean =>
  one.length === other.length && one.every((value, index) => value === other[index]);
