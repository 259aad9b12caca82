import type { FormulaInput } from "#calc/base/formula/formula.ts";
import { allocated } from "#calc/base/allocation.ts";
import { constant } from "#calc/base/formula/inputs.ts";
import type { Quantization } from "#calc/model/scenario.ts";
import { BNB_4BIT_DOUBLE_QUANT, BNB_4BIT_SINGLE_QUANT, bnb4bitBytes, bnb4bitExpertsBytes } from "./bnb-4bit.ts";
import { bnb8bitBytes } from "./bnb-8bit.ts";
import { GPTQ_BYTES_PER_PARAMETER, gptqBytes } from "./gptq.ts";
import { MXFP4_BYTES_PER_PARAMETER, mxfp4Bytes } from "./mxfp4.ts";

/** What one quantised matrix takes, and the factors that print it: `elements` × factors. */
export type QuantizedTensor = Readonly<{ bytes: number; factors: readonly FormulaInput[] }>;

const FACTORS = {
  double: [constant("bytes per 4-bit weight, double quantization", BNB_4BIT_DOUBLE_QUANT)],
  single: [constant("bytes per 4-bit weight", BNB_4BIT_SINGLE_QUANT)],
} as const;
/** LLM.int8() keeps one fp32 scale for a row of weights. */
const SCALE_BYTES = 4;
/** GPTQ keeps one int32 group index for a column of weights. */
const INDEX_BYTES = 4;

const LINEAR_DIMENSIONS = 2;

/** Bytes of one `nn.Linear` weight of `shape` [out, in], or of fused experts [experts, out, in], under a quantisation. */
export const quantizedTensor = (quantization: Quantization, shape: readonly number[]): QuantizedTensor => {
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
        factors: [constant("bytes per int8 weight, with its row's scale", 1 + SCALE_BYTES / columns)],
      };
    case "gptq":
      return {
        bytes: gptqBytes(rows, columns),
        factors: [
          constant("bytes per GPTQ weight, with its input's index", GPTQ_BYTES_PER_PARAMETER + INDEX_BYTES / rows),
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
