// Forwards, reference models and loss handling that TRL's trainers share.

import type { Model, Forward } from "#calc/modules/forward.ts";
import type { Loaded, LoadedLinear } from "#calc/modules/loaded-modules.ts";
import { causalLm } from "#calc/modules/causal-lm.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { withMarks } from "#calc/tape/recorder.ts";
import { to, split } from "#calc/tape/ops/views.ts";
import { bind, unname, bindAll, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { type Batch, type Outputs, type Labelled, type Running, columnOf } from "./objective.ts";
import { sumExpanded } from "#calc/tape/ops/reductions.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import { requireGradient } from "#calc/tape/parameter.ts";
import { assert } from "#calc/base/guards.ts";
import type { LogProbOutput } from "#calc/tape/ops/head-kernels.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { withoutGraph } from "#calc/tape/operation.ts";

const bare = (linear: LoadedLinear): LoadedLinear => ({ ...linear, adapter: null });

/**
 * The same model with its adapters disabled and without checkpoints, as TRL runs it for a reference: frozen modules alone.
 *
 * @see trl 1.16, trainer/utils.py, `use_adapter`; models/utils.py, `disable_gradient_checkpointing`
 */
const withoutAdapters = (model: Model): Model => {
  const options = { ...model.options, gradient_checkpointing: false };
  const without = (loaded: Loaded): Loaded => ({
    ...loaded,
    options,
    linears: new Map([...loaded.linears].map(([name, linear]) => [name, bare(linear)])),
    parameterAdapters: new Map(),
  });
  return {
    ...model,
    options,
    embeddings: without(model.embeddings),
    layers: model.layers.map(without),
    final: without(model.final),
    head: bare(model.head),
  };
};

/** Code of a model that is called without labels: it returns its logits, and makes no loss. */
export const withoutLabels = (forward: Forward): Forward => ({ ...forward, loss: () => (logits) => logits });

/**
 * `convert_outputs_to_fp32`: what leaves autocast is cast to fp32, one after the other, and the others go when the wrapper returns. The caller has bound them, logits
 * first.
 *
 * @see accelerate 1.15, utils/operations.py
 */
export const logitsInFp32 = (logits: Tensor, others: readonly Tensor[], isAutocast: boolean): Tensor => {
  if (!isAutocast) return logits;
  const given = [logits, ...others];
  const [cast = logits] = withMarks(logits.tape.recorder, { term: "logits" }, () =>
    given.map((each) => bind(to(each, "fp32"))),
  );
  given.forEach(unname);
  return cast;
};

/** `model(input_ids, attention_mask).logits` within accelerate's wrapper, bound. */
export const logitsForward = (
  { forward, model }: Readonly<{ forward: Forward; model: Model }>,
  input_ids: Tensor,
): Tensor => {
  const { tape, options } = model;
  const inputs = { input_ids, labels: input_ids };
  const logits = withAutocast(tape, options.autocast, () => bind(causalLm(withoutLabels(forward), model, inputs)[1]));
  return logitsInFp32(logits, [], options.autocast !== null);
};

/** A model that is run on a batch of pairs. `ofPolicy`: what the policy's forward gave, where this is the reference's; null: it is the policy's. `isCopy`: the reference is another model. */
type OfPairs = Readonly<{
  batch: Batch;
  forward: Forward;
  model: Model;
  ofPolicy: Outputs | null;
  isCopy?: boolean;
}>;

/** How a version of TRL comes from a model to log-probabilities of pairs. */
export type PairForward = Readonly<{
  /** Those of rows (`logps`), their `chosen` and `rejected` halves, and all else that the trainer's function holds from there on; each bound. */
  run: (of: OfPairs) => Outputs;
  /** What a step reports of the policy, as far as it takes more than a few numbers. */
  report: (ofPolicy: Outputs) => void;
}>;

/** Of b rows the first half are chosen, the others rejected. */
export const pairShape = (): Shape => shapeOf("b", 1 / 2);

/** Log-probabilities of rows, and those of the chosen and the rejected half. */
type PerSequence = Readonly<Record<"chosen" | "rejected" | "logps", Tensor>>;

/** `per_token_logps.sum(dim=1).chunk(2, dim=0)`, and the sums. */
export const perSequence = (per_token_logps: Tensor): PerSequence => {
  const logps = bind(sumExpanded(per_token_logps, shapeOf("b")));
  const [chosen, rejected] = bindAll(split(logps, [pairShape(), pairShape()]) as readonly [Tensor, Tensor]);
  return { chosen, rejected, logps };
};

/** Code of a model whose embeddings have the hook of `enable_input_require_grads`, which works without a graph, too: their output is a leaf. */
export const withInputLeaf = (forward: Forward): Forward => ({
  ...forward,
  embed: (model, input_ids) => {
    const embedded = forward.embed(model, input_ids);
    if (embedded.node === null) requireGradient(embedded, false);
    return embedded;
  },
});

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

/**
 * The loss as backward gets it from `compute_loss`, with whose return its outputs go: `training_step` divides it by the steps of accumulation, accelerate once more.
 *
 * @see transformers 5.24, trainer.py, `training_step`; accelerate 1.15, accelerator.py, `backward`
 */
export const lossForBackward = (loss: Tensor, ...outputs: readonly Outputs[]): Tensor => {
  const returned = bind(loss);
  for (const output of outputs.flatMap((each) => Object.values(each))) unname(output);
  return bind(scale(rebind(returned, scale(returned))));
};

/** `input_ids.masked_fill(completion_mask == 0, -100)`. `prefix`: of another batch of the trainer's, as its names begin. */
export const completionLabels = (batch: Batch, prefix = ""): Tensor => {
  const input_ids = columnOf(batch, `${prefix}input_ids`);
  const { shape } = input_ids;
  const isPrompt = withoutGraph({ name: "eq", shape, dtype: "bool" }, columnOf(batch, `${prefix}completion_mask`));
  return withoutGraph({ name: "masked_fill", shape, dtype: "int64" }, input_ids, isPrompt);
};
