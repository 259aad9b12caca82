import { allocated } from "#calc/base/allocation.ts";

/** Weights that share one scale. */
const BLOCK_WEIGHTS = 32;

/** Bytes for each weight: two in a byte, and an exponent of one byte for 32: 0.53125. */
export const MXFP4_BYTES_PER_PARAMETER = 1 / 2 + 1 / BLOCK_WEIGHTS;

/**
 * Bytes of n weights in MXFP4, in their two tensors: `blocks` (n/2, uint8) and `scales` (n/32, uint8).
 *
 * @see transformers 5.24, integrations/mxfp4.py; OCP Microscaling Formats (MX) 1.0, section 5.3.2
 */
export const mxfp4Bytes = (weights: number): number => allocated(weights / 2) + allocated(weights / BLOCK_WEIGHTS);
