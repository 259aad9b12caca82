import { formatPercent } from "#format/percent.ts";
import { canBe, type Request, segmentOf } from "./request-range.ts";

/** What a tensor is rounded up to in any case. @see c10/cuda/CUDACachingAllocator.cpp, `kMinBlockSize` */
const BLOCK = 512;

/**
 * How near a tensor's bytes are to what PyTorch asks for it: it prints the segment, which is whole multiples of 2 MiB from 10 MiB on.
 *
 * @returns "exact", "within 512 B", "within 2 MiB, to which PyTorch rounds up", or "0.2 % less than was asked for"
 */
export const closeness = (bytes: number, request: Request): string => {
  const short = Math.min(...request.ranges.map(({ low }) => low)) / bytes - 1;
  if (short > 0 && !canBe(request, bytes)) return `${formatPercent(short)} less than was asked for`;
  const segment = segmentOf(bytes);
  if (segment === bytes) return "exact";
  if (segment - bytes < BLOCK) return "within 512 B";
  return "within 2 MiB, to which PyTorch rounds up";
};
