import type { Heads } from "#calc/tape/tape.ts";
import { add } from "#calc/tape/ops/binary.ts";
import type { Element } from "#calc/base/element.ts";
import { dropout } from "#calc/tape/ops/dropout.ts";
import { matmul, repeatHeads, transposeMatrices } from "#calc/tape/ops/matmul.ts";
import { softmax } from "#calc/tape/ops/softmax.ts";
import { to } from "#calc/tape/ops/to.ts";
import { scale, tanh } from "#calc/tape/ops/unary.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { AttentionContext } from "./heads.ts";
import { groupsOf, sequenceFirst } from "./heads.ts";

/** Gemma 2: `tanh(weights / softcap) * softcap` */
const softcapped = (weights: Tensor): Tensor => {
  const divided = rebind(weights, scale(weights));
  const squashed = rebind(divided, tanh(divided));
  return rebind(squashed, scale(squashed));
};

/** The dtype that the result of the softmax is cast to. */
const resultType = (
  { query, value }: Heads,
  probabilities: Tensor,
  softmaxAsIs: AttentionContext["softmaxAsIs"],
): Element => {
  if (softmaxAsIs === "uncast") return probabilities.dtype;
  return softmaxAsIs ? value.dtype : query.dtype;
};

/** `eager_attention_forward`: scores, mask, fp32 softmax, back to the queries' type. */
export const eagerAttention = (heads: Heads, context: AttentionContext): readonly [Tensor, Tensor] =>
  scoped(heads.query.tape, (): readonly [Tensor, Tensor] => {
    const { query, key, value } = heads;
    const { mask, softcap = false, dropout: probability = 0, softmaxAsIs = false, scoresInFloat = false } = context;
    const widened = (states: Tensor): Tensor => (scoresInFloat ? to(states, "fp32") : states);
    const groups = groupsOf(heads);
    const key_states = bind(repeatHeads(key, groups));
    const value_states = bind(repeatHeads(value, groups));
    let attn_weights = bind(scale(matmul(widened(query), transposeMatrices(widened(key_states)))));
    if (softcap) attn_weights = softcapped(attn_weights);
    if (mask !== null) attn_weights = rebind(attn_weights, add(attn_weights, mask));
    const probabilities = softmax(softmaxAsIs ? attn_weights : to(attn_weights, "fp32"));
    attn_weights = rebind(attn_weights, to(probabilities, resultType(heads, probabilities, softmaxAsIs)));
    if (probability > 0) attn_weights = rebind(attn_weights, dropout(attn_weights, probability));
    return [sequenceFirst(matmul(attn_weights, value_states)), attn_weights];
  });
