import { allocated } from "#calc/base/allocation.ts";

/** Input rows that share a scale and a zero point; what published GPTQ checkpoints use. */
const GROUP_ROWS = 128;
const INT32_BYTES = 4;
const FP16_BYTES = 2;

/** Bytes for each weight in the matrix's own buffers: 0.5 + (0.5 + 2)/128; the 4 B for each input row (`g_idx`) come on top. */
export const GPTQ_BYTES_PER_PARAMETER = 1 / 2 + (1 / 2 + FP16_BYTES) / GROUP_ROWS;

/**
 * Bytes of a 4-bit GPTQ matrix with groups of 128 input rows, in its four buffers: `qweight` (eight weights in an int32), `qzeros`
 * (eight zero points in an int32, one for each group and output), `scales` (fp16, one for each group and output), `g_idx` (int32, one for each input).
 *
 * @see auto_gptq/nn_modules/qlinear/qlinear_cuda.py, `QuantLinear.__init__` (`register_buffer`); Frantar et al. 2022, "GPTQ".
 */
export const gptqBytes = (rows: number, columns: number): number => {
  const groups = Math.ceil(columns / GROUP_ROWS);
  return (
    allocated((rows * columns) / 2) +
    allocated((groups * rows) / 2) +
    allocated(groups * rows * FP16_BYTES) +
    allocated(columns * INT32_BYTES)
  );
};
