import { allocated } from "#calc/base/allocation.ts";
import { type Element, ELEMENT_BYTES } from "#calc/base/element.ts";

/** Weights that share one absolute maximum. */
export const BNB_4BIT_BLOCK_WEIGHTS = 64;
/** Absolute maxima that share one second-level scale under double quantization. */
const BLOCK_SCALES = 256;
const FP32_BYTES = 4;

/** Bytes for each weight: two in a byte, one fp32 maximum for 64 weights: 0.5625. */
export const BNB_4BIT_SINGLE_QUANT = 1 / 2 + FP32_BYTES / BNB_4BIT_BLOCK_WEIGHTS;
/** Bytes for each weight: two in a byte, one uint8 maximum for 64, one fp32 for 16,384: 0.515869 (4.127 bits). */
export const BNB_4BIT_DOUBLE_QUANT =
  1 / 2 + 1 / BNB_4BIT_BLOCK_WEIGHTS + FP32_BYTES / (BNB_4BIT_BLOCK_WEIGHTS * BLOCK_SCALES);

/** A tensor of a packed matrix: its weight, or scales of it. */
export type PackedTensor = Readonly<{ name: string; elements: number; dtype: Element }>;

/**
 * A matrix of n weights stored as NF4 or FP4 by bitsandbytes: n/2 packed, and the absolute maxima: 4n/64 in fp32, or with double quantization n/64 in
 * uint8 and 4⌈n/16384⌉. The code tables of linears (64 B and 1 KiB, shared) are left out.
 *
 * @see bitsandbytes/functional.py, `quantize_4bit` (blocksize 64, `compress_statistics`: blocksize 256); Dettmers et al. 2023,
 * "QLoRA", section 3 (double quantization).
 */
export const bnb4bitTensors = (elements: number, doubleQuant: boolean): readonly PackedTensor[] => {
  const scales = Math.ceil(elements / BNB_4BIT_BLOCK_WEIGHTS);
  return [
    { name: "weight", elements: Math.ceil(elements / 2), dtype: "uint8" },
    { name: "absmax", elements: scales, dtype: doubleQuant ? "uint8" : "fp32" },
    ...(doubleQuant
      ? [{ name: "nested_absmax", elements: Math.ceil(scales / BLOCK_SCALES), dtype: "fp32" } as const]
      : []),
  ];
};

/** Values that a number of 4 bits, and one of 8, stands for. */
const CODE_VALUES = 16;
const NESTED_CODE_VALUES = 256;

/**
 * Fused experts stored so: blocks run through the whole parameter. Beside those tensors each has its own table of the 16 values, and with double
 * quantization the mean that was taken off its absolute maxima, and a copy of the table of their 256 values.
 *
 * @see bitsandbytes 0.50.2, functional.py, `quantize_4bit` (`code`, `offset`), `quantize_blockwise` (`code.to(A.device, copy=True)`)
 */
export const bnb4bitExpertsTensors = (elements: number, doubleQuant: boolean): readonly PackedTensor[] => [
  ...bnb4bitTensors(elements, doubleQuant),
  { name: "code", elements: CODE_VALUES, dtype: "fp32" },
  ...(doubleQuant
    ? ([
        { name: "offset", elements: 1, dtype: "fp32" },
        { name: "nested_code", elements: NESTED_CODE_VALUES, dtype: "fp32" },
      ] as const)
    : []),
];

const bytesOf = (tensors: readonly PackedTensor[]): number =>
  tensors.reduce((sum, { elements, dtype }) => sum + allocated(elements * ELEMENT_BYTES[dtype]), 0);

/** Bytes of such a matrix. */
export const bnb4bitBytes = (weights: number, doubleQuant: boolean): number =>
  bytesOf(bnb4bitTensors(weights, doubleQuant));

/** Bytes of such a parameter. */
export const bnb4bitExpertsBytes = (weights: number, doubleQuant: boolean): number =>
  bytesOf(bnb4bitExpertsTensors(weights, doubleQuant));
