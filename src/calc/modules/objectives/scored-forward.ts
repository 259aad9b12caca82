import { assert } from "#calc/base/assert.ts";
import { causalLm } from "#calc/modules/causal-lm.ts";
import type { Forward, Model } from "#calc/modules/forward.ts";
import { withInputLeaf } from "#calc/modules/input-leaf.ts";
import type { Labelled, Outputs, Running } from "#calc/modules/objective.ts";
import { withoutAdapters } from "#calc/modules/without-adapters.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import type { LogProbOutput } from "#calc/tape/ops/logprob-tile.ts";
import { bindAll } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** A model, the code that runs it, and what its head is asked for beside log-probabilities. */
export type Scoring = Readonly<{ forward: Forward; model: Model; scores: readonly LogProbOutput[] }>;

/**
 * What TRL's head gives, by name: the loss and log-probabilities, what else it was asked for, and the mask of labels; then the loss that balances experts and their
 * routers' logits, where it is asked for those.
 */
export type ScoredOutputs = Outputs & Readonly<Record<"loss" | "log_probs" | "mask", Tensor>>;

/** `model(..., labels=labels, fused_lm_head=True)` within accelerate's wrapper: what TRL's head gives, bound. */
export const scoredForward = ({ forward, model, scores }: Scoring, { input_ids, labels }: Labelled): ScoredOutputs =>
  withAutocast(model.tape, model.options.autocast, () => {
    const [loss, log_probs, ...others] = bindAll(causalLm(forward, model, { input_ids, labels, scores }));
    const [mask, aux_loss, ...routerLogits] = others.slice(scores.length);
    assert(mask !== undefined, "TRL's head gives its mask");
    const asked = scores.map((score, index) => [score, others[index] as Tensor] as const);
    const ofRouters = routerLogits.map((logits, index) => [`router logits ${index}`, logits] as const);
    return {
      loss,
      log_probs,
      ...Object.fromEntries(asked),
      mask,
      ...(aux_loss !== undefined && { aux_loss }),
      ...Object.fromEntries(ofRouters),
    };
  });

/** The reference of a policy: its copy, or itself without adapters. The hook of checkpointing stays on a policy's embeddings. */
export const referenceOf = ({ forward, model, copy }: Running): Readonly<{ forward: Forward; model: Model }> => {
  if (copy !== null) return { forward, model: copy };
  const hooked = model.options.gradient_checkpointing ? withInputLeaf(forward) : forward;
  return { forward: hooked, model: withoutAdapters(model) };
};
