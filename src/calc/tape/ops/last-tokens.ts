import { record } from "#calc/tape/record.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeInput } from "./backwards.ts";
import { compute } from "./compute.ts";

/**
 * `logits[torch.arange(batch_size), last_non_pad_token]`: what a model gives at the last token of each row that is no padding, [b, s, n] → [b, n]. Saves both
 * indices; backward writes into zeros of all positions.
 *
 * @see transformers 5.24, modeling_layers.py, `GenericForSequenceClassification.forward`
 */
export const lastTokens = (logits: Tensor, input_ids: Tensor): Tensor =>
  scoped(logits.tape, () => {
    const positions = shapeOf("b", "s");
    const isToken = compute({ name: "ne", shape: positions, dtype: "bool" }, input_ids);
    const non_pad_mask = bind(compute({ name: "to", shape: positions, dtype: "int32" }, isToken));
    const token_indices = bind(compute({ name: "arange", shape: shapeOf("s"), dtype: "int32" }, input_ids));
    const masked = compute({ name: "mul", shape: positions, dtype: "int32" }, token_indices, non_pad_mask);
    const rows = shapeOf("b");
    const last_non_pad_token = bind(compute({ name: "argmax", shape: rows, dtype: "int64" }, masked));
    const batch = compute({ name: "arange", shape: rows, dtype: "int64" }, input_ids);
    return record({
      name: "index",
      inputs: [logits, batch, last_non_pad_token],
      shape: shapeOf("b", lastDim(logits.shape)),
      dtype: logits.dtype,
      saves: [batch, last_non_pad_token],
      backward: likeInput,
    });
  });
