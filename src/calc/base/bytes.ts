// Bytes as a branded number, GiB and GB, and the 512-byte blocks that PyTorch's allocator rounds up to.

/** A number with a unit in its type, so that bytes and parameters cannot be mixed up without saying so. */
export type Quantity<Unit extends string> = number & { readonly unit: Unit };

/** A whole number of bytes. */
export type Bytes = Quantity<"bytes">;

/** Takes a plain number as bytes. */
export const bytes = (value: number): Bytes => value as Bytes;

/** The sum of these numbers, with their unit; 0 of none. */
export const sum = <Size extends number>(parts: Iterable<Size>): Size => {
  let total = 0;
  for (const part of parts) total += part;
  return total as Size;
};

/** Bytes in one MiB: 2^20. */
export const MIB = 2 ** 20;
/** Bytes in one GiB: 2^30, what PyTorch and nvidia-smi print. Not a GB, which is 10^9. */
export const GIB = 2 ** 30;
/** Bytes in one GB: 10^9, what the label on the box says. */
export const GB = 1e9;

/**
 * The smallest block of PyTorch's caching allocator: every storage takes a multiple of it.
 *
 * @see c10/core/AllocatorConfig.h, `kMinBlockSize = 512`; c10/cuda/CUDACachingAllocator.cpp, `round_size`.
 */
export const BLOCK_BYTES = 512;

/** Bytes that the allocator hands out for one storage: ⌈b / 512⌉ × 512. */
export const allocated = (byteCount: number): number => Math.ceil(byteCount / BLOCK_BYTES) * BLOCK_BYTES;
