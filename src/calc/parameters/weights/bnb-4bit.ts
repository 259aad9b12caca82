import { allocated } from "#calc/base/allocation.ts";
import { type Element, ELEMENT_BYTES } from "#calc/base/element.ts";

/** Weights that share one absolute maximum. */
const BLOCK_WEIGHTS = 64;
/** Absolute maxima that share one second-level scale under double quantization. */
const BLOCK_SCALES = 256;
const FP32_BYTES = 4;

/** Bytes for each weight: two in a byte, one fp32 maximum for 64 weights: 0.5625. */
export const BNB_4BIT_SINGLE_QUANT = 1 / 2 + FP32_BYTES / BLOCK_WEIGHTS;
/** Bytes for each weight: two in a byte, one uint8 maximum for 64, one fp32 for 16,384: 0.515869 (4.127 bits). */
export const BNB_4BIT_DOUBLE_QUANT = 1 / 2 + 1 / BLOCK_WEIGHTS + FP32_BYTES / (BLOCK_WEIGHTS * BLOCK_SCALES);

/** A tensor of a packed matrix: its weight, or scales of it. */
export type PackedTensor = Readonly<{ name: string; elements: number; dtype: Element }>;

/**
 * A matrix of n weights stored as NF4 or FP4 by bitsandbytes: n/2 packed, and the absolute maxima: 4n/64 in fp32, or with double quantization n/64 in
 * uint8 and 4⌈n/16384⌉. The code tables (64 B and 1 KiB, shared) are left out.
 *
 * @see bitsandbytes/functional.py, `quantize_4bit` (blocksize 64, `compress_statistics`: blocksize 256); Dettmers et al. 2023,
 * "QLoRA", section 3 (double quantization).
 */
export const bnb4bitTensors = (elements: number, doubleQuant: boolean): readonly PackedTensor[] => {
  const scales = Math.ceil(elements / BLOCK_WEIGHTS);
  return [
    { name: "weight", elements: Math.ceil(elements / 2), dtype: "uint8" },
    { name: "absmax", elements: scales, dtype: doubleQuant ? "uint8" : "fp32" },
    ...(doubleQuant
      ? [{ name: "nested_absmax", elements: Math.ceil(scales / BLOCK_SCALES), dtype: "fp32" } as const]
      : []),
  ];
};

/** Bytes of such a matrix. */
export const bnb4bitBytes = (weights: number, doubleQuant: boolean): number =>
  bnb4bitTensors(weights, doubleQuant).reduce(
    (sum, { elements, dtype }) => sum + allocated(elements * ELEMENT_BYTES[dtype]),
    0,
  );
