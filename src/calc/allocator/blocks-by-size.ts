import type { Block, BlocksBySize } from "./block.ts";
import { MIN_BLOCK_SIZE } from "./sizes.ts";

/** Each power of two is divided into so many classes of sizes: 2^3. */
const CLASS_BITS = 3;
/** Classes are numbered through words of bits: bit n of word w is class 32 w + n. A shift by more than 31 is one by its last five bits. */
const WORD_BITS = 32;
const WORD_SHIFT = 5;
const CLASSES = WORD_BITS << CLASS_BITS;
/** Sizes are counted in blocks of 512 bytes, up to 2 TiB: all that is larger is of the last class. */
const MOST_UNITS = 2 ** WORD_BITS - 1;

/** None yet. */
export const createBlocksBySize = (): BlocksBySize => ({
  first: Array.from({ length: CLASSES }, () => null),
  last: Array.from({ length: CLASSES }, () => null),
  occupied: new Int32Array(CLASSES / WORD_BITS),
});

/** The class of a size: its highest bit, and the three after it. Larger sizes are of the same class or of a later one. */
const classOf = (size: number): number => {
  const units = Math.min(size / MIN_BLOCK_SIZE, MOST_UNITS) >>> 0;
  const highest = WORD_BITS - 1 - Math.clz32(units);
  const below = highest < CLASS_BITS ? units << (CLASS_BITS - highest) : units >>> (highest - CLASS_BITS);
  return (highest << CLASS_BITS) + (below & ((1 << CLASS_BITS) - 1));
};

/** The first block of a class or, where it has none, of the next one that has. */
const firstFrom = ({ first, occupied }: BlocksBySize, sizeClass: number): Block | null => {
  let word = sizeClass >>> WORD_SHIFT;
  let bits = (occupied[word] ?? 0) & (-1 << sizeClass);
  while (bits === 0) {
    word++;
    if (word >= occupied.length) return null;
    bits = occupied[word] as number;
  }
  return first[(word << WORD_SHIFT) + WORD_BITS - 1 - Math.clz32(bits & -bits)] as Block | null;
};

/** The smallest block that is not below a size, of equal ones that with the lowest address. */
export const lowerBound = (blocks: BlocksBySize, size: number): Block | null => {
  const sizeClass = classOf(size);
  let block = blocks.first[sizeClass] as Block | null;
  while (block !== null && block.size < size) block = block.larger;
  return block ?? firstFrom(blocks, sizeClass + 1);
};

/** The block after one. */
export const nextBySize = (blocks: BlocksBySize, block: Block): Block | null =>
  block.larger ?? firstFrom(blocks, block.sizeClass + 1);

/** All blocks, in order: those that are there when it is asked. */
export const inOrder = (blocks: BlocksBySize): readonly Block[] => {
  const all: Block[] = [];
  for (let block = firstFrom(blocks, 0); block !== null; block = nextBySize(blocks, block)) all.push(block);
  return all;
};

const isBefore = (one: Block, other: Block): boolean =>
  one.size < other.size || (one.size === other.size && one.ptr < other.ptr);

/** The first block of a class that comes after one. Most come after all that are there, or before almost all. */
const firstAfter = ({ first, last }: BlocksBySize, sizeClass: number, block: Block): Block | null => {
  const end = last[sizeClass] as Block | null;
  if (end === null || isBefore(end, block)) return null;
  let after = first[sizeClass] as Block;
  while (isBefore(after, block)) after = after.larger as Block;
  return after;
};

/** Puts a block among those by size. */
export const insertBySize = (blocks: BlocksBySize, block: Block): void => {
  const { first, last, occupied } = blocks;
  const sizeClass = classOf(block.size);
  const larger = firstAfter(blocks, sizeClass, block);
  const smaller = larger === null ? (last[sizeClass] as Block | null) : larger.smaller;
  block.sizeClass = sizeClass;
  block.smaller = smaller;
  block.larger = larger;
  if (smaller === null) first[sizeClass] = block;
  else smaller.larger = block;
  if (larger === null) last[sizeClass] = block;
  else larger.smaller = block;
  occupied[sizeClass >>> WORD_SHIFT] = (occupied[sizeClass >>> WORD_SHIFT] as number) | (1 << sizeClass);
};

/** Takes a block from among those by size. */
export const eraseBySize = (blocks: BlocksBySize, block: Block): void => {
  const { first, last, occupied } = blocks;
  const { smaller, larger, sizeClass } = block;
  if (smaller === null) first[sizeClass] = larger;
  else smaller.larger = larger;
  if (larger === null) last[sizeClass] = smaller;
  else larger.smaller = smaller;
  if (smaller === null && larger === null)
    occupied[sizeClass >>> WORD_SHIFT] = (occupied[sizeClass >>> WORD_SHIFT] as number) & ~(1 << sizeClass);
};
