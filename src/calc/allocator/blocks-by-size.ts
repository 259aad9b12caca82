// Blocks of the allocator: cut and joined in their segment, and the free ones of a pool found by size or address.

/** Each power of two is divided into so many classes of sizes: 2^3. */
const CLASS_BITS = 3;
/** Classes are numbered through words of bits: bit n of word w is class 32 w + n. A shift by more than 31 is one by its last five bits. */
const WORD_BITS = 32;
const WORD_SHIFT = 5;
/** From 2 TiB on, which links can ask for, the first 32 of 48 bits give the class. All sizes from 2^57 bytes on share the last class. */
const MANY = 2 ** WORD_BITS;
const UNIT_BITS = 48;
const MORE_BITS = UNIT_BITS - WORD_BITS;
const MOST_UNITS = 2 ** UNIT_BITS - 1;
const CLASSES = UNIT_BITS << CLASS_BITS;

/** None yet. */
export const createBlocksBySize = (): BlocksBySize => ({
  trees: Array.from({ length: CLASSES }, () => null),
  occupied: new Int32Array(CLASSES / WORD_BITS),
});

/** The class of a number below 2^32. */
const classOfUnits = (number: number): number => {
  const units = number >>> 0;
  const highest = WORD_BITS - 1 - Math.clz32(units);
  const below = highest < CLASS_BITS ? units << (CLASS_BITS - highest) : units >>> (highest - CLASS_BITS);
  return (highest << CLASS_BITS) + (below & ((1 << CLASS_BITS) - 1));
};

/** The class of a size: its highest bit, and the three after it. Larger sizes are of the same class or of a later one. */
const classOf = (size: number): number =>
  size < MANY
    ? classOfUnits(size)
    : classOfUnits(Math.min(size, MOST_UNITS) / 2 ** MORE_BITS) + (MORE_BITS << CLASS_BITS);

/** The first block of a tree. */
const leastOf = (tree: Block): Block => {
  let block = tree;
  while (block.smaller !== null) block = block.smaller;
  return block;
};

/** The first block of a class or, where it has none, of the next one that has. */
const firstFrom = ({ trees, occupied }: BlocksBySize, sizeClass: number): Block | null => {
  let word = sizeClass >>> WORD_SHIFT;
  let bits = (occupied[word] ?? 0) & (-1 << sizeClass);
  while (bits === 0) {
    word++;
    if (word >= occupied.length) return null;
    bits = occupied[word] as number;
  }
  return leastOf(trees[(word << WORD_SHIFT) + WORD_BITS - 1 - Math.clz32(bits & -bits)] as Block);
};

/** The smallest block that is not below a size, of equal ones that with the lowest address. */
export const lowerBound = (blocks: BlocksBySize, size: number): Block | null => {
  const sizeClass = classOf(size);
  let found: Block | null = null;
  for (let block = blocks.trees[sizeClass] as Block | null; block !== null;) {
    if (block.size >= size) found = block;
    block = block.size < size ? block.larger : block.smaller;
  }
  return found ?? firstFrom(blocks, sizeClass + 1);
};

/** Addresses of runs that no card could hold are no longer told apart to the byte: ranks always are. */
const isBefore = (one: Block, other: Block): boolean =>
  one.size === other.size
    ? one.ptr < other.ptr || (one.ptr === other.ptr && one.rank < other.rank)
    : one.size < other.size;

/** The block after one. */
export const nextBySize = (blocks: BlocksBySize, block: Block): Block | null => {
  let found: Block | null = null;
  for (let other = blocks.trees[block.sizeClass] as Block | null; other !== null;) {
    const isAfter = isBefore(block, other);
    if (isAfter) found = other;
    other = isAfter ? other.smaller : other.larger;
  }
  return found ?? firstFrom(blocks, block.sizeClass + 1);
};

/** The last block of all: of the largest ones that with the highest address. */
export const largest = ({ trees, occupied }: BlocksBySize): Block | null => {
  const word = occupied.findLastIndex((bits) => bits !== 0);
  if (word === -1) return null;
  let block = trees[(word << WORD_SHIFT) + WORD_BITS - 1 - Math.clz32(occupied[word] as number)] as Block;
  while (block.larger !== null) block = block.larger;
  return block;
};

/** All blocks, in order: those that are there when it is asked. */
export const inOrder = (blocks: BlocksBySize): readonly Block[] => {
  const all: Block[] = [];
  for (let block = firstFrom(blocks, 0); block !== null; block = nextBySize(blocks, block)) all.push(block);
  return all;
};

/** Divides a tree into what is before a block and what is after it: the two sides of that block. */
const divideAround = (block: Block, tree: Block | null): void => {
  if (tree === null) {
    block.smaller = null;
    block.larger = null;
  } else if (isBefore(tree, block)) {
    divideAround(block, tree.larger);
    tree.larger = block.smaller;
    block.smaller = tree;
  } else {
    divideAround(block, tree.smaller);
    tree.smaller = block.larger;
    block.larger = tree;
  }
};

/** A tree with one block more. */
const withBlock = (tree: Block | null, block: Block): Block => {
  if (tree === null || block.rank > tree.rank) {
    divideAround(block, tree);
    return block;
  }
  if (isBefore(block, tree)) tree.smaller = withBlock(tree.smaller, block);
  else tree.larger = withBlock(tree.larger, block);
  return tree;
};

/** Two trees as one: all of the first is before all of the other. */
const joined = (before: Block | null, after: Block | null): Block | null => {
  if (before === null) return after;
  if (after === null) return before;
  if (before.rank > after.rank) {
    before.larger = joined(before.larger, after);
    return before;
  }
  after.smaller = joined(before, after.smaller);
  return after;
};

/** A tree without one of its blocks. */
const withoutBlock = (tree: Block, block: Block): Block | null => {
  if (tree === block) return joined(block.smaller, block.larger);
  if (isBefore(block, tree)) tree.smaller = withoutBlock(tree.smaller as Block, block);
  else tree.larger = withoutBlock(tree.larger as Block, block);
  return tree;
};

/** Puts a block among those by size. */
export const insertBySize = ({ trees, occupied }: BlocksBySize, block: Block): void => {
  const sizeClass = classOf(block.size);
  block.sizeClass = sizeClass;
  trees[sizeClass] = withBlock(trees[sizeClass] as Block | null, block);
  occupied[sizeClass >>> WORD_SHIFT] = (occupied[sizeClass >>> WORD_SHIFT] as number) | (1 << sizeClass);
};

/** Takes a block from among those by size. */
export const eraseBySize = ({ trees, occupied }: BlocksBySize, block: Block): void => {
  const { sizeClass } = block;
  const tree = withoutBlock(trees[sizeClass] as Block, block);
  trees[sizeClass] = tree;
  if (tree === null)
    occupied[sizeClass >>> WORD_SHIFT] = (occupied[sizeClass >>> WORD_SHIFT] as number) & ~(1 << sizeClass);
};

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

/** Puts a block among those by address, of which there are few. @see `BlockComparatorAddress` */
export const insertByAddress = (blocks: Block[], block: Block): void => {
  const after = blocks.findIndex(({ ptr }) => ptr > block.ptr);
  blocks.splice(after === -1 ? blocks.length : after, 0, block);
};

/** Takes a block from among those by address. */
export const eraseByAddress = (blocks: Block[], block: Block): void => {
  blocks.splice(blocks.indexOf(block), 1);
};
