/**
 * The smallest block of PyTorch's caching allocator: every storage takes a multiple of it.
 *
 * @see c10/core/AllocatorConfig.h, `kMinBlockSize = 512`; c10/cuda/CUDACachingAllocator.cpp, `round_size`.
 */
export const BLOCK_BYTES = 512;

/** Bytes that the allocator hands out for one storage: ⌈b / 512⌉ × 512. */
export const allocated = (byteCount: number): number => Math.ceil(byteCount / BLOCK_BYTES) * BLOCK_BYTES;
