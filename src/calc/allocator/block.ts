/**
 * What a block is at:
 *
 * - `free`: in its pool, for whoever asks.
 * - `allocated`: some storage's.
 * - `waiting`: freed by its owner, used by another stream still (an `event_count` above 0).
 * - `unmapped`: addresses of an expandable segment without memory behind them.
 */
type BlockState = "free" | "allocated" | "waiting" | "unmapped";

/** A piece of a segment. Those of one segment are a chain in the order of their addresses. @see c10/cuda/CUDACachingAllocator.cpp, `Block` */
export type Block = {
  readonly pool: BlockPool;
  /** Its address and its size, in blocks of 512 bytes. */
  ptr: number;
  size: number;
  state: BlockState;
  /** Whose it is, by number; -1 where it is free. */
  storage: number;
  prev: Block | null;
  next: Block | null;
  /** Another number for each block of a pool, that looks drawn. */
  readonly rank: number;
  /** Where it is in its pool: its class of sizes, and the free blocks under it in the tree of that class. Those of higher rank are above. */
  sizeClass: number;
  smaller: Block | null;
  larger: Block | null;
  /** How many large blocks had been asked for when it came into its pool: its age starts there. */
  gcCountBase: number;
};

/**
 * Free blocks by size, of one size by address. Those of one class of sizes are a tree, most often of a block or two; bits say which classes have any ("two-level
 * segregated fit"). So a block is found, put in and taken out in a few steps, however many there are.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `BlockComparatorSize`: there all are one tree
 */
export type BlocksBySize = {
  readonly trees: (Block | null)[];
  readonly occupied: Int32Array;
};

/** The blocks of one stream that serve small requests, or large ones. @see c10/cuda/CUDACachingAllocator.cpp, `BlockPool` */
export type BlockPool = {
  readonly isSmall: boolean;
  readonly blocks: BlocksBySize;
  /** Unmapped blocks, by address. */
  readonly unmapped: Block[];
  /** Blocks that others took in, to be parts again. */
  readonly spare: Block[];
  /** How many blocks it ever had. */
  made: number;
};

/** An odd number that spreads the bits of those it is multiplied with: 2^32 divided by the golden ratio. */
const SPREAD = 0x9e_37_79_b1;

/** Another number for each of 2^32, that looks drawn: no two are multiplied, or shifted and mixed, into one. */
const rankOf = (made: number): number => {
  const mixed = Math.imul(made + 1, SPREAD);
  return Math.imul(mixed ^ (mixed >>> 15), SPREAD);
};

/** A block that is a whole segment. */
export const createSegment = (pool: BlockPool, ptr: number, size: number): Block => ({
  pool,
  ptr,
  size,
  state: "free",
  storage: -1,
  prev: null,
  next: null,
  rank: rankOf(pool.made++),
  sizeClass: 0,
  smaller: null,
  larger: null,
  gcCountBase: 0,
});

/** Cuts a block after so many bytes: it is the first part, the remainder is new and in the same state. */
export const splitBlock = (block: Block, size: number): Block => {
  const remaining = block.pool.spare.pop() ?? createSegment(block.pool, 0, 0);
  remaining.ptr = block.ptr + size;
  remaining.size = block.size - size;
  remaining.state = block.state;
  remaining.prev = block;
  remaining.next = block.next;
  if (block.next !== null) block.next.prev = remaining;
  block.next = remaining;
  block.size = size;
  return remaining;
};

/** Whether it shares its segment. @see c10/cuda/CUDACachingAllocator.cpp, `Block::is_split` */
export const isSplit = (block: Block): boolean => block.prev !== null || block.next !== null;

/** A block takes in the one after it. */
export const absorbNext = (block: Block, next: Block): void => {
  block.size += next.size;
  block.next = next.next;
  if (block.next !== null) block.next.prev = block;
  block.pool.spare.push(next);
};
