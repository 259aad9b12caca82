import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import type { Forward, Model } from "#calc/modules/forward.ts";
import { dividePart } from "#calc/tape/ops/copy-slices.ts";
import { entropyWork } from "#calc/tape/ops/entropy.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { selectiveLogSoftmax } from "#calc/tape/ops/selective-log-softmax.ts";
import { clone } from "#calc/tape/ops/unary.ts";
import { recordedSlice } from "#calc/tape/ops/view.ts";
import { bind, rebind } from "#calc/tape/scope.ts";
import { lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { logitsForward } from "./logits-forward.ts";

/**
 * `hidden_states[:, -(logits_to_keep + 1):]` as the head takes it: a trained one multiplies whole rows, so that a part of several rows is copied, unless autocast
 * has copied it.
 *
 * @see aten/src/ATen/native/LinearAlgebra.cpp, `should_fold`
 */
const lastPositions = ({ tape, head }: Model, hidden_states: Tensor): Tensor => {
  const kept = recordedSlice(hidden_states, shapeOf("b", "k+1", lastDim(hidden_states.shape)));
  const { element } = tape.autocast;
  const isCast = element !== null && element !== kept.dtype;
  return head.weight.node === null || isCast || tape.policies.singleRow ? kept : clone(kept);
};

/** Code of a model that is called with `logits_to_keep`: logits of the completion, and of the token before it. */
const ofCompletions = (forward: Forward): Forward => ({
  ...forward,
  logits: (model, hidden_states) => forward.logits(model, lastPositions(model, hidden_states)),
});

/** A model, and the code that runs it. */
type Run = Readonly<{ forward: Forward; model: Model }>;

/**
 * Log-probabilities of completions from whole logits, and entropies where they are asked for, as TRL has them before its head: logits are divided by the temperature
 * in their place.
 *
 * @see trl 1.8, trainer/grpo_trainer.py, `_get_per_token_logps_and_entropies`
 */
export const wholeLogps = (
  { forward, model }: Run,
  input_ids: Tensor,
  { entropies }: Readonly<{ entropies: boolean }>,
): readonly Tensor[] => {
  const logits = logitsForward({ forward: ofCompletions(forward), model }, input_ids);
  return inLogits(logits, () => {
    const shape = shapeOf("b", "k", lastDim(logits.shape));
    const divided = rebind(logits, dividePart(logits, shape));
    const kept = bind(recordedSlice(recordedSlice(divided, shape), shape));
    const logps = bind(selectiveLogSoftmax(kept, input_ids));
    if (!entropies) return [logps];
    entropyWork(kept, "earlier completion pieces");
    return [logps, bind(compute({ name: "cat", shape: shapeOf("b", "k"), dtype: logits.dtype }, kept))];
  });
};
