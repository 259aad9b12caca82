// Byte ranges of printed figures, and the tensors that a requested segment can hold.

import { formatPercent } from "#format/numbers.ts";

const MIB = 2 ** 20;
/** Up to this a tensor comes from a small segment. @see `kSmallSize` */
const SMALL_SIZE = MIB;
/** @see `kSmallBuffer` */
const SMALL_SEGMENT = 2 * MIB;
/** Below this a tensor comes from a large segment of a fixed size. @see `kMinLargeAlloc` */
const OWN_SEGMENT_FROM = 10 * MIB;
/** @see `kLargeBuffer` */
const LARGE_SEGMENT = 20 * MIB;
/** What a segment of a tensor's own is a multiple of. @see `kRoundLarge` */
const ROUND_LARGE = 2 * MIB;

const holds = ({ low, high }: ByteRange, bytes: number): boolean => low <= bytes && bytes <= high;

/** Tensors that a printed segment can be of. */
export type Request = Readonly<{
  ranges: readonly ByteRange[];
  /** Whether the text says nothing of the tensor but that it is small: all below 10 MiB look alike. */
  isVague: boolean;
}>;

/**
 * The bytes of the tensor for which "Tried to allocate" was printed. The text has the segment that the device was asked for, not the tensor: 2 MiB for all up
 * to 1 MiB, 20 MiB for all under 10 MiB, else the tensor rounded up to 2 MiB.
 *
 * @param tried the range of the printed figure
 * @see c10/cuda/CUDACachingAllocator.cpp, `malloc` (`format_size(alloc_size)`) and `get_allocation_size`, pytorch@001074d2
 */
export const requestOf = (tried: ByteRange): Request => {
  const ranges: ByteRange[] = [];
  if (holds(tried, SMALL_SEGMENT)) ranges.push({ low: 1, high: SMALL_SIZE });
  if (holds(tried, LARGE_SEGMENT)) ranges.push({ low: SMALL_SIZE + 1, high: OWN_SEGMENT_FROM - 1 });
  const isVague = ranges.length > 0;
  if (tried.high >= OWN_SEGMENT_FROM) {
    const low = Math.max(OWN_SEGMENT_FROM, Math.ceil(tried.low / ROUND_LARGE) * ROUND_LARGE - ROUND_LARGE + 1);
    const high = Math.floor(tried.high / ROUND_LARGE) * ROUND_LARGE;
    // A figure that is no whole segment is of an allocator that rounds otherwise: it stands for itself.
    ranges.push(low <= high ? { low, high } : tried);
  }
  return { ranges: ranges.length === 0 ? [tried] : ranges, isVague };
};

/** The segment that the device is asked for so that a tensor of so many bytes has room. @see `get_allocation_size` */
const segmentOf = (bytes: number): number => {
  if (bytes <= SMALL_SIZE) return SMALL_SEGMENT;
  return bytes < OWN_SEGMENT_FROM ? LARGE_SEGMENT : Math.ceil(bytes / ROUND_LARGE) * ROUND_LARGE;
};

/** Whether a tensor of so many bytes can be what was asked for. */
export const isPossibleSize = ({ ranges }: Request, bytes: number): boolean =>
  ranges.some((range) => holds(range, bytes));

/** Bytes that are known within bounds, both included: a text prints two decimals. */
export type ByteRange = Readonly<{ low: number; high: number }>;

const UNIT_BYTES: Readonly<Record<string, number>> = {
  bytes: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  kb: 2 ** 10,
  mb: 2 ** 20,
  gb: 2 ** 30,
  eb: 2 ** 60,
};

/**
 * The bytes that a printed figure can stand for: half of its last digit either way.
 *
 * PyTorch divides by powers of 2 and prints two decimals (`format_size`); its backend for Apple's GPUs does so too, and calls them MB and GB.
 *
 * @param figure digits, with a point at most: "9.37"
 * @param unit as printed, in any case: "GiB"
 * @returns null for a unit that there is not
 */
export const printedRange = (figure: string, unit: string): ByteRange | null => {
  const name = unit.toLowerCase();
  if (!Object.hasOwn(UNIT_BYTES, name)) return null;
  const size = UNIT_BYTES[name] ?? 1;
  const decimals = figure.split(".")[1]?.length ?? 0;
  const half = name === "bytes" ? 0 : size / 10 ** decimals / 2;
  const value = Number(figure) * size;
  return { low: Math.max(0, Math.ceil(value - half)), high: Math.floor(value + half) };
};

/** What lies in the middle of a range, to be shown. */
export const rangeMiddle = ({ low, high }: ByteRange): number => Math.round((low + high) / 2);

/** What a tensor is rounded up to in any case. @see c10/cuda/CUDACachingAllocator.cpp, `kMinBlockSize` */
const BLOCK = 512;

/**
 * How near a tensor's bytes are to what PyTorch asks for it: it prints the segment, which is whole multiples of 2 MiB from 10 MiB on.
 *
 * @returns "exact", "within 512 B", "within 2 MiB, to which PyTorch rounds up", or "0.2 % less than was asked for"
 */
export const closeness = (bytes: number, request: Request): string => {
  const short = Math.min(...request.ranges.map(({ low }) => low)) / bytes - 1;
  if (short > 0 && !isPossibleSize(request, bytes)) return `${formatPercent(short)} less than was asked for`;
  const segment = segmentOf(bytes);
  if (segment === bytes) return "exact";
  if (segment - bytes < BLOCK) return "within 512 B";
  return "within 2 MiB, to which PyTorch rounds up";
};
