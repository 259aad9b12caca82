import { allocated } from "#calc/base/allocation.ts";

const FP32_BYTES = 4;

/**
 * Bytes of an int8 matrix of LLM.int8(): one byte for each weight and one fp32 scale for each output row (`SCB`).
 *
 * @see bitsandbytes/nn/modules.py, `Int8Params`; Dettmers et al. 2022, "LLM.int8()", section 3.1 (vector-wise quantization).
 */
export const bnb8bitBytes = (rows: number, columns: number): number =>
  allocated(rows * columns) + allocated(rows * FP32_BYTES);
