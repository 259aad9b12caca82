// Bytes of base weights in NF4, FP4, int8, GPTQ and MXFP4, and unquantized.

import { allocated } from "#calc/base/bytes.ts";
import { type Element, ELEMENT_BYTES, bytesPerParameter } from "#calc/base/dtypes.ts";
import {
  type FormulaInput,
  constant,
  type Amount,
  setting,
  amountOf,
  type Sort,
  type Tally,
  tallyUp,
} from "#calc/base/formula.ts";
import type { Quantization } from "#calc/model/scenario.ts";
import type { PlannedTensor } from "./parameter-tensors.ts";

/** Weights that share one absolute maximum. */
export const BNB_4BIT_BLOCK_WEIGHTS = 64;
/** Absolute maxima that share one second-level scale under double quantization. */
const BLOCK_SCALES = 256;

/** Bytes for each weight: two in a byte, one fp32 maximum for 64 weights: 0.5625. @internal */
export const BNB_4BIT_SINGLE_QUANT = 1 / 2 + ELEMENT_BYTES.fp32 / BNB_4BIT_BLOCK_WEIGHTS;
/** Bytes for each weight: two in a byte, one uint8 maximum for 64, one fp32 for 16,384: 0.515869 (4.127 bits). @internal */
export const BNB_4BIT_DOUBLE_QUANT =
  1 / 2 + 1 / BNB_4BIT_BLOCK_WEIGHTS + ELEMENT_BYTES.fp32 / (BNB_4BIT_BLOCK_WEIGHTS * BLOCK_SCALES);

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

/** Bytes of such a matrix. @internal */
export const bnb4bitBytes = (weights: number, doubleQuant: boolean): number =>
  bytesOf(bnb4bitTensors(weights, doubleQuant));

/** Bytes of such a parameter. @internal */
export const bnb4bitExpertsBytes = (weights: number, doubleQuant: boolean): number =>
  bytesOf(bnb4bitExpertsTensors(weights, doubleQuant));

/**
 * Bytes of an int8 matrix of LLM.int8(): one byte for each weight and one fp32 scale for each output row (`SCB`).
 *
 * @see bitsandbytes/nn/modules.py, `Int8Params`; Dettmers et al. 2022, "LLM.int8()", section 3.1 (vector-wise quantization).
 * @internal
 */
export const bnb8bitBytes = (rows: number, columns: number): number =>
  allocated(rows * columns) + allocated(rows * ELEMENT_BYTES.fp32);

/** Input rows that share a scale and a zero point; what published GPTQ checkpoints use. */
const GROUP_ROWS = 128;

/** Bytes for each weight in the matrix's own buffers: 0.5 + (0.5 + 2)/128; the 4 B for each input row (`g_idx`) come on top. */
const GPTQ_BYTES_PER_PARAMETER = 1 / 2 + (1 / 2 + ELEMENT_BYTES.fp16) / GROUP_ROWS;

/**
 * Bytes of a 4-bit GPTQ matrix with groups of 128 input rows, in its four buffers: `qweight` (eight weights in an int32), `qzeros`
 * (eight zero points in an int32, one for each group and output), `scales` (fp16, one for each group and output), `g_idx` (int32, one for each input).
 *
 * @see auto_gptq/nn_modules/qlinear/qlinear_cuda.py, `QuantLinear.__init__` (`register_buffer`); Frantar et al. 2022, "GPTQ".
 * @internal
 */
export const gptqBytes = (rows: number, columns: number): number => {
  const groups = Math.ceil(columns / GROUP_ROWS);
  return (
    allocated((rows * columns) / 2) +
    allocated((groups * rows) / 2) +
    allocated(groups * rows * ELEMENT_BYTES.fp16) +
    allocated(columns * ELEMENT_BYTES.int32)
  );
};

/** Weights that share one scale. */
const BLOCK_WEIGHTS = 32;

/** Bytes for each weight: two in a byte, and an exponent of one byte for 32: 0.53125. */
const MXFP4_BYTES_PER_PARAMETER = 1 / 2 + 1 / BLOCK_WEIGHTS;

/**
 * Bytes of n weights in MXFP4, in their two tensors: `blocks` (n/2, uint8) and `scales` (n/32, uint8).
 *
 * @see transformers 5.24, integrations/mxfp4.py; OCP Microscaling Formats (MX) 1.0, section 5.3.2
 * @internal
 */
export const mxfp4Bytes = (weights: number): number => allocated(weights / 2) + allocated(weights / BLOCK_WEIGHTS);

/** What one quantised matrix takes, and the factors that print it: `elements` × factors. */
type QuantizedTensor = Readonly<{ bytes: number; factors: readonly FormulaInput[] }>;

const FACTORS = {
  double: [constant("bytes per 4-bit weight, double quantization", BNB_4BIT_DOUBLE_QUANT)],
  single: [constant("bytes per 4-bit weight", BNB_4BIT_SINGLE_QUANT)],
} as const;

const LINEAR_DIMENSIONS = 2;

/** Bytes of one `nn.Linear` weight of `shape` [out, in], or of fused experts [experts, out, in], under a quantisation. */
export const quantizedTensorBytes = (quantization: Quantization, shape: readonly number[]): QuantizedTensor => {
  const columns = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  switch (quantization.kind) {
    case "bnb-4bit": {
      const isDouble = quantization.bnb_4bit_use_double_quant;
      const bytesOf = shape.length > LINEAR_DIMENSIONS ? bnb4bitExpertsBytes : bnb4bitBytes;
      return { bytes: bytesOf(rows * columns, isDouble), factors: isDouble ? FACTORS.double : FACTORS.single };
    }
    case "bnb-8bit":
      return {
        bytes: bnb8bitBytes(rows, columns),
        factors: [constant("bytes per int8 weight, with its row's scale", 1 + ELEMENT_BYTES.fp32 / columns)],
      };
    case "gptq":
      return {
        bytes: gptqBytes(rows, columns),
        factors: [
          constant(
            "bytes per GPTQ weight, with its input's index",
            GPTQ_BYTES_PER_PARAMETER + ELEMENT_BYTES.int32 / rows,
          ),
        ],
      };
    case "mxfp4":
      return {
        bytes: mxfp4Bytes(rows * columns),
        factors: [constant("bytes per MXFP4 weight", MXFP4_BYTES_PER_PARAMETER)],
      };
    case "flat":
      return {
        bytes: allocated(shape.reduce((elements, size) => elements * size, 1) * quantization.bytesPerParameter),
        factors: [constant("flat bytes per base parameter", quantization.bytesPerParameter)],
      };
    default:
      return quantization satisfies never;
  }
};

const sortOf = (size: number): Sort => ({ name: "parameters", factors: [setting("bytes per parameter", size)] });

/** A tensor that keeps its shape: elements × bytes of its format. */
const tallyPlain = (tally: Tally, tensor: PlannedTensor): void => {
  const size = bytesPerParameter(tensor.format);
  tallyUp(tally, sortOf(size), {
    elements: tensor.elements * tensor.count,
    bytes: allocated(tensor.elements * size) * tensor.count,
  });
};

/**
 * Bytes of the base model's parameters on the card: linear weights in the format of the quantisation if there is one, everything else
 * as loaded or as k-bit preparation leaves it. Exact: each tensor is rounded up to 512 B as the allocator does. Left out: buffers (rotary
 * frequencies, 0.5 to 2 KiB for a model).
 *
 * @see transformers/integrations/bitsandbytes.py, `replace_with_bnb_linear` (every `nn.Linear` but the output head).
 */
export const baseWeightBytes = (tensors: readonly PlannedTensor[]): Amount => {
  const tally: Tally = [];
  for (const tensor of tensors) {
    const { quantization } = tensor;
    if (quantization !== null) {
      const { bytes, factors } = quantizedTensorBytes(quantization, tensor.shape);
      tallyUp(
        tally,
        { name: "quantised parameters", factors },
        { elements: tensor.elements * tensor.count, bytes: bytes * tensor.count },
      );
    } else tallyPlain(tally, tensor);
  }
  return amountOf(tally);
};
