import { scale } from "#calc/tape/ops/unary.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Loaded } from "./loaded.ts";

/**
 * `apply_mask_to_padding_states`: hidden states times the batch's mask, so that no state carries padding on. The mask is saved as it is, and alive all through
 * the step.
 */
export const withoutPadding = ({ options: { padding } }: Loaded, hidden_states: Tensor): Tensor =>
  padding === undefined ? hidden_states : scale(hidden_states);
