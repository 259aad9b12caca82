import { printedBytes } from "./printed-bytes.ts";
import { segmentOf } from "./request-range.ts";

/** What a tensor is rounded up to in any case. @see c10/cuda/CUDACachingAllocator.cpp, `kMinBlockSize` */
const BLOCK = 512;

/**
 * How near a tensor's bytes are to what PyTorch asks for it: it prints the segment, which is whole multiples of 2 MiB from 10 MiB on.
 *
 * @returns "exact", "within 512 B", or "in whole segments of 2 MiB: 250.00 MiB"
 */
export const closeness = (bytes: number): string => {
  const segment = segmentOf(bytes);
  if (segment === bytes) return "exact";
  if (segment - bytes < BLOCK) return "within 512 B";
  return `in whole segments of 2 MiB: ${printedBytes({ low: segment, high: segment })}`;
};
