import type { Heads } from "#calc/tape/tape.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { subtract } from "#calc/tape/ops/difference.ts";
import { cat } from "#calc/tape/ops/cat.ts";
import { topValues } from "#calc/tape/ops/gather.ts";
import { matmul, repeatHeads, transposeMatrices } from "#calc/tape/ops/matmul.ts";
import { softmax } from "#calc/tape/ops/softmax.ts";
import { to } from "#calc/tape/ops/to.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { expand, slice } from "#calc/tape/ops/view.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { maskBeside } from "./cached-heads.ts";
import type { Attended } from "./heads.ts";
import { groupsOf, sequenceFirst } from "./heads.ts";

/** `mask`: added to the scores. `sinks`: one number for each head. */
export type Sinks = Readonly<{ mask: Tensor | null; sinks: Tensor }>;

/**
 * gpt-oss's `eager_attention_forward`: concatenates a column of sinks to the scores, [b, heads, s, s+1], takes the softmax, and cuts the
 * column off again.
 */
export const sinkAttention = (heads: Heads, { mask, sinks }: Sinks): Attended =>
  scoped(heads.query.tape, (): Attended => {
    const { query, key, value } = heads;
    const groups = groupsOf(heads);
    const key_states = bind(repeatHeads(key, groups));
    const value_states = bind(repeatHeads(value, groups));
    let attn_weights = bind(scale(matmul(query, transposeMatrices(key_states))));
    if (mask !== null) attn_weights = rebind(attn_weights, add(attn_weights, maskBeside(heads, mask)));
    const square = attn_weights.shape;
    const column = bind(expand(sinks, shapeOf("b", query.shape.dims[1] ?? 1, "s", 1)));
    let combined_logits = bind(cat(attn_weights, column, withLast(square, "s+1")));
    combined_logits = rebind(
      combined_logits,
      subtract(combined_logits, topValues(combined_logits, withLast(square, 1))),
    );
    const probs = bind(softmax(combined_logits));
    const scores = bind(slice(probs, square));
    attn_weights = rebind(attn_weights, to(scores, value_states.dtype));
    return [sequenceFirst(matmul(attn_weights, value_states)), attn_weights];
  });
