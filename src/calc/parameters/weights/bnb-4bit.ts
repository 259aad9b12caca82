import { allocated } from "#calc/base/allocation.ts";

/** Weights that share one absolute maximum. */
const BLOCK_WEIGHTS = 64;
/** Absolute maxima that share one second-level scale under double quantization. */
const BLOCK_SCALES = 256;
const FP32_BYTES = 4;

/** Bytes for each weight: two in a byte, one fp32 maximum for 64 weights: 0.5625. */
export const BNB_4BIT_SINGLE_QUANT = 1 / 2 + FP32_BYTES / BLOCK_WEIGHTS;
/** Bytes for each weight: two in a byte, one uint8 maximum for 64, one fp32 for 16,384: 0.515869 (4.127 bits). */
export const BNB_4BIT_DOUBLE_QUANT = 1 / 2 + 1 / BLOCK_WEIGHTS + FP32_BYTES / (BLOCK_WEIGHTS * BLOCK_SCALES);

/**
 * Bytes of a matrix of n weights stored as NF4 or FP4 by bitsandbytes: n/2 packed, and the absolute maxima: 4n/64 in fp32, or with
 * double quantization n/64 in uint8 and 4⌈n/16384⌉. The code tables (64 B and 1 KiB, shared) are left out.
 *
 * @see bitsandbytes/functional.py, `quantize_4bit` (blocksize 64, `compress_statistics`: blocksize 256); Dettmers et al. 2023,
 * "QLoRA", section 3 (double quantization).
 */
export const bnb4bitBytes = (elements: number, doubleQuant: boolean): number => {
  const packed = allocated(Math.ceil(elements / 2));
  const scales = Math.ceil(elements / BLOCK_WEIGHTS);
  if (!doubleQuant) return packed + allocated(scales * FP32_BYTES);
  return packed + allocated(scales) + allocated(Math.ceil(scales / BLOCK_SCALES) * FP32_BYTES);
};
