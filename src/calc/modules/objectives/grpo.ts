// TRL's group relative policy optimization (GRPO): one step on completions that are generated already.

import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import type { Forward, Model } from "#calc/modules/forward.ts";
import { dividePart } from "#calc/tape/ops/indexing.ts";
import { allocateEntropy, selectiveLogSoftmax } from "#calc/tape/ops/log-softmax.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { clone, clampBetween, exp, addNumber, negate, scale } from "#calc/tape/ops/unary.ts";
import { recordedSlice, catAll, view } from "#calc/tape/ops/views.ts";
import { bind, rebind, bindAll, scoped } from "#calc/tape/scope.ts";
import { lastDim, shapeOf, type Shape, ONE } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { logitsForward, lossForBackward, referenceOf, scoredForward, type Scoring } from "./trl-trainers.ts";
import { assert } from "#calc/base/guards.ts";
import { isCopy } from "#calc/model/objective.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { type Batch, type Column, columnOf, type Labelled, type Objective, outputOf, type Pass } from "./objective.ts";
import { isTrlHead } from "#calc/modules/trl-head.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { enterLayer } from "#calc/tape/segments.ts";
import { add, mul, subtract, divideByCount, timesConstant } from "#calc/tape/ops/arithmetic.ts";
import type { LogProbOutput } from "#calc/tape/ops/head-kernels.ts";
import { sumExpanded } from "#calc/tape/ops/reductions.ts";
import { minimumOfBoth } from "#calc/tape/ops/selection.ts";

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
const wholeLogps = (
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
    allocateEntropy(kept, "earlier completion pieces");
    return [logps, bind(withoutGraph({ name: "cat", shape: shapeOf("b", "k"), dtype: logits.dtype }, kept))];
  });
};

/** What the trainer asks a policy's head for. @see trl 1.16, trainer/grpo_trainer.py, `add_fused_lm_head` */
const OF_POLICY: readonly LogProbOutput[] = ["entropy"];

const whole = (): Shape => shapeOf("b", "s");
const prompts = (): Shape => shapeOf("b", "p");
const completions = (): Shape => shapeOf("b", "k");

/** As completions are padded and scored: prompts on the left, completions on the right. */
const columns = (): readonly Column[] => [
  ...["prompt_ids", "prompt_mask"].map((name): Column => ({ name, shape: prompts(), dtype: "int64" })),
  ...["completion_ids", "completion_mask"].map((name): Column => ({ name, shape: completions(), dtype: "int64" })),
  { name: "advantages", shape: shapeOf("b"), dtype: "fp32" },
  { name: "num_items_in_batch", shape: ONE, dtype: "int64" },
];

/** Prompts and completions side by side, and their masks. */
const joined = (batch: Batch): readonly [input_ids: Tensor, attention_mask: Tensor] => {
  const side = (what: "ids" | "mask"): Tensor =>
    catAll([columnOf(batch, `prompt_${what}`), columnOf(batch, `completion_${what}`)], whole());
  return bindAll([side("ids"), side("mask")] as const);
};

/** Completions' positions of what the head gave, as one tensor: `torch.cat([outputs.log_probs[:, -logits_to_keep:]])`. */
const kept = (x: Tensor): Tensor => catAll([recordedSlice(x, completions())], completions());

const labelsOf = (input_ids: Tensor, attention_mask: Tensor): Labelled => {
  const isPadding = withoutGraph({ name: "eq", shape: whole(), dtype: "bool" }, attention_mask);
  return {
    input_ids,
    labels: bind(withoutGraph({ name: "masked_fill", shape: whole(), dtype: "int64" }, input_ids, isPadding)),
  };
};

/** `_get_per_token_logps_and_entropies`: log-probabilities of completions, and their entropies where the loss reports them. */
const logpsOf = (
  scoring: Scoring,
  [input_ids, attention_mask]: ReturnType<typeof joined>,
  { entropies }: Readonly<{ entropies: boolean }>,
): readonly Tensor[] =>
  scoped(input_ids.tape, () => {
    if (!isTrlHead(scoring.model.options.loss)) {
      const whole = wholeLogps(scoring, input_ids, { entropies });
      return inLogits(input_ids, () => whole.map((each) => catAll([each], completions())));
    }
    const { log_probs, entropy } = scoredForward(scoring, labelsOf(input_ids, attention_mask));
    return inLogits(log_probs, () => (entropies ? [log_probs, entropy as Tensor] : [log_probs]).map(kept));
  });

const hasReference = ({ reference: held }: StepOptions): boolean => held === "adapters-off" || isCopy(held);

/** Before a step, when completions are scored: `ref_per_token_logps` of the batch. */
const reference: Pass = {
  id: "reference",
  moment: null,
  ofReference: true,
  run: (running) => {
    const { model, batch } = running;
    if (!hasReference(model.options)) {
      enterLayer(model.tape, model.layers.length);
      return {};
    }
    const [logps] = withRecording(model.tape.autograd, false, () =>
      scoped(model.tape, () =>
        logpsOf({ ...referenceOf(running), scores: running.copy === null ? OF_POLICY : [] }, joined(batch), {
          entropies: false,
        }),
      ),
    );
    assert(logps !== undefined, "the reference has log-probabilities");
    // It is part of the batch from here on, which goes with the step.
    logps.bindings++;
    return { logps };
  },
};

const policy: Pass = {
  id: "policy",
  moment: "forward",
  run: ({ forward, model, batch }) => {
    const inputs = joined(batch);
    const [logps, entropies] = bindAll(logpsOf({ forward, model, scores: OF_POLICY }, inputs, { entropies: true }));
    assert(logps !== undefined && entropies !== undefined, "the policy has log-probabilities and entropies");
    const [input_ids, attention_mask] = inputs;
    return { logps, entropies, input_ids, attention_mask };
  },
};

/** The divergence from the reference, an unbiased estimate, corrected for importance (`use_bias_correction_kl`). */
const divergence = (ref: Tensor, logps: Tensor, coefficient: Tensor): Tensor => {
  const ratio = exp(subtract(ref, logps));
  return bind(mul(addNumber(subtract(ratio, subtract(ref, logps))), coefficient));
};

/** `-torch.min(coef_1 * advantages, coef_2 * advantages)`, the clipped objective. */
const clipped = (coefficient: Tensor, advantages: Tensor): Tensor => {
  const bounded = bind(clampBetween(coefficient));
  const column = bind(view(advantages, shapeOf("b", 1)));
  return negate(minimumOfBoth(bind(mul(coefficient, column)), bind(mul(bounded, column))));
};

/** `num_items_in_batch.clamp(min=1) / num_processes * accumulation / steps_per_generation` */
const normalizerOf = (items: Tensor): Tensor => bind(withoutGraph({ name: "div", shape: ONE, dtype: "fp32" }, items));

const lossOf = (batch: Batch, logps: Tensor, ref: Tensor | null): Tensor =>
  scoped(logps.tape, () => {
    // The old policy's are the new one's, detached: each ratio is 1, and its gradient the log-probability's.
    const coefficient = bind(exp(addNumber(logps)));
    const kl = ref === null ? null : divergence(ref, logps, coefficient);
    const ofPolicy = clipped(coefficient, columnOf(batch, "advantages"));
    const perToken = bind(kl === null ? ofPolicy : add(ofPolicy, scale(kl)));
    const normalizer = normalizerOf(columnOf(batch, "num_items_in_batch"));
    const sum = sumExpanded(timesConstant(perToken, columnOf(batch, "completion_mask")), ONE);
    return bind(divideByCount(sum, normalizer));
  });

/**
 * Group relative policy optimisation of TRL 1.15 and later, one step on completions that are there (`loss_type="dapo"`): the reference's forward when they are
 * scored, where `beta` is not 0, then the policy's and a loss of each token. Completions are generated before, and are not part of this.
 *
 * @see trl 1.16, trainer/grpo_trainer.py, `_generate_and_score_completions`, `_get_per_token_logps_and_entropies`, `_compute_loss`
 */
export const grpo: Objective = {
  columns,
  passes: [reference, policy],
  loss: ([ofReference = {}, ofPolicy = {}], { batch }) => {
    const logps = outputOf(ofPolicy, "logps");
    const { logps: ref = null } = ofReference;
    return inLogits(logps, () => lossForBackward(lossOf(batch, logps, ref), ofPolicy));
  },
};
