// TRL's Kahneman-Tversky optimization (KTO), from TRL 1.15 on.

import { assert } from "#calc/base/guards.ts";
import {
  type Batch,
  columnOf,
  outputOf,
  type Outputs,
  type Running,
  type Column,
  type Objective,
  type Pass,
} from "./objective.ts";
import { cat, recordedSlice, view } from "#calc/tape/ops/views.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { subtract } from "#calc/tape/ops/arithmetic.ts";
import { nanMean, sumExpanded } from "#calc/tape/ops/reductions.ts";
import { negate, scale, sigmoid } from "#calc/tape/ops/unary.ts";
import { bind, scoped, bindAll } from "#calc/tape/scope.ts";
import { shapeOf, mismatchedShape, type Shape, ONE } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { drop } from "#calc/tape/tensor.ts";
import type { Model, Forward } from "#calc/modules/forward.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";
import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { enterLayer } from "#calc/tape/segments.ts";
import type { LogProbOutput } from "#calc/tape/ops/head-kernels.ts";
import { indexSelect } from "#calc/tape/ops/indexing.ts";
import { withMismatched } from "#calc/tape/recorder.ts";
import { completionLabels, lossForBackward, referenceOf, scoredForward, type ScoredOutputs } from "./trl-trainers.ts";

/** The mean divergence of the mismatched completions, at least 0; a number where there are none. */
const divergence = (batch: Batch, logps: Tensor | null, ref: Tensor | null): Tensor => {
  const single = (name: string, of: Tensor): Tensor => withoutGraph({ name, shape: ONE, dtype: "fp32" }, of);
  if (logps === null) return bind(single("zeros", columnOf(batch, "label")));
  const difference = subtract(logps, ref ?? columnOf(batch, "ref_KL_logps"));
  const mean = bind(single("mean", difference));
  return bind(single("clamp", single("mean", mean)));
};

/** `1 - F.sigmoid(beta * (ratios - kl))`, of `apo_zero_unpaired` without `kl`, and there of unwanted rows the sigmoid as it is; and rewards, `beta * ratios`. */
const lossesOf = (ratios: Tensor, kl: Tensor | null, side: "chosen" | "rejected"): Tensor => {
  const { shape } = ratios;
  const share = sigmoid(scale(kl === null ? ratios : subtract(ratios, kl, shape)));
  const losses = bind(kl === null && side === "rejected" ? share : negate(share));
  bind(withoutGraph({ name: "mul", shape, dtype: "fp32" }, ratios));
  return losses;
};

/** How many rows are wanted, and how many are not, moves no more than a block: half of them stand for either. */
const HALF = 1 / 2;

/** What a step reports of the policy: entropy of its completions, mean logits of the wanted and the unwanted ones. */
const report = (batch: Batch, ofPolicy: Outputs): void => {
  const entropy = outputOf(ofPolicy, "entropy");
  const masked = withoutGraph({ name: "mul", shape: entropy.shape, dtype: "fp32" }, entropy);
  drop(withoutGraph({ name: "sum", shape: ONE, dtype: "fp32" }, masked));
  const mean_logits = outputOf(ofPolicy, "mean_logits");
  const mask = columnOf(batch, "completion_mask");
  for (const [of, dtype] of [
    [mean_logits, "fp32"],
    [mask, "int64"],
  ] as const)
    for (let half = 0; half < 2; half++)
      bind(withoutGraph({ name: "index_select", shape: shapeOf("b", HALF, "s-1"), dtype }, of));
};

/** `_compute_loss`, from the outputs of the four passes on. */
const ktoLoss = (
  running: Running,
  [ofKl = {}, ofPolicy = {}, ofReferenceKl = {}, ofReference = {}]: readonly Outputs[],
): Tensor => {
  const { batch, model } = running;
  return scoped(model.tape, () => {
    const { KL_logps = null } = ofKl;
    const { KL_logps: refKl = null } = ofReferenceKl;
    const mean = divergence(batch, KL_logps, refKl);
    const shift = KL_logps === null ? null : mean;
    const sides = (["chosen", "rejected"] as const).map((side) => {
      const ratios = bind(subtract(outputOf(ofPolicy, side), outputOf(ofReference, side)));
      return lossesOf(ratios, shift, side);
    });
    const [chosen, rejected] = sides;
    assert(chosen !== undefined && rejected !== undefined, "rows are wanted or not");
    const losses = bind(cat(scale(chosen), scale(rejected), shapeOf("b")));
    report(batch, ofPolicy);
    return bind(nanMean(losses));
  });
};

/** The same model as it runs the batch of mismatched completions: their length says whether the mask of padded rows is copied to whole eights. */
const onMismatched = (model: Model): Model => {
  const { mismatchedPadding } = model.options;
  if (mismatchedPadding === undefined || mismatchedPadding === model.options.padding) return model;
  const options = { ...model.options, padding: mismatchedPadding };
  const padded = (loaded: Loaded): Loaded => ({ ...loaded, options });
  return {
    ...model,
    options,
    embeddings: padded(model.embeddings),
    layers: model.layers.map(padded),
    final: padded(model.final),
  };
};

/** What the trainer asks its own model's head for; that of a copy gives log-probabilities alone. @see trl 1.16, trainer/kto_trainer.py, `add_fused_lm_head` */
const SCORES: readonly LogProbOutput[] = ["entropy", "mean_logits"];

const rows = (): Shape => shapeOf("b");
const someRows = (): Shape => shapeOf("b", HALF);

/** Whether there is a batch of prompts with the completions of other prompts. */
const hasMismatched = ({ loss_type }: StepOptions): boolean => loss_type === undefined;

const whole = (prefix: string, shape: Shape): readonly Column[] =>
  ["input_ids", "attention_mask", "completion_mask"].map((name) => ({
    name: `${prefix}${name}`,
    shape,
    dtype: "int64",
  }));

const columns = (options: StepOptions): readonly Column[] => {
  const shape = shapeOf("b", "s");
  const before = options.reference === "precomputed";
  return [
    ...whole("", shape),
    ...(hasMismatched(options) ? whole("KL_", mismatchedShape(shape)) : []),
    ...(before ? ["ref_logps", ...(hasMismatched(options) ? ["ref_KL_logps"] : [])] : []).map((name): Column => ({
      name,
      shape: rows(),
      dtype: "fp32",
    })),
    { name: "label", shape: rows(), dtype: "bool" },
  ];
};

/** A model, and the code that runs it. */
type Run = Readonly<{ forward: Forward; model: Model; scores: readonly LogProbOutput[]; batch: Batch }>;

/** `_compute_kl_logps`: log-probabilities of the mismatched completions. What else the head gives goes with the output object. */
const mismatchedLogps = ({ forward, model, scores, batch }: Run): Tensor =>
  withMismatched(model.tape.recorder, () =>
    scoped(model.tape, () => {
      const labels = bind(completionLabels(batch, "KL_"));
      // A model says `s` of its rows, of whichever batch they are.
      const input_ids = view(columnOf(batch, "KL_input_ids"), shapeOf("b", "s"));
      const inputs = { input_ids, labels: view(labels, shapeOf("b", "s")) };
      const log_probs = bind(
        withRecording(model.tape.autograd, false, () =>
          scoped(model.tape, () => scoredForward({ forward, model: onMismatched(model), scores }, inputs).log_probs),
        ),
      );
      return inLogits(log_probs, () => sumExpanded(log_probs, rows()));
    }),
  );

/** `log_probs.sum(-1)` of the tokens that rows have. */
const sumsOf = ({ log_probs }: ScoredOutputs): Tensor =>
  inLogits(log_probs, () => bind(sumExpanded(recordedSlice(log_probs, log_probs.shape), rows())));

/** A pass that a run does not have. */
const leftOut = ({ tape, layers }: Model): Outputs => {
  enterLayer(tape, layers.length);
  return {};
};

const kl: Pass = {
  id: "kl",
  moment: null,
  run: ({ forward, model, batch }) => {
    const num_chosen = bind(withoutGraph({ name: "sum", shape: ONE, dtype: "int64" }, columnOf(batch, "label")));
    const num_rejected = bind(withoutGraph({ name: "rsub", shape: ONE, dtype: "int64" }, num_chosen));
    const counts = { num_chosen, num_rejected };
    return hasMismatched(model.options)
      ? { ...counts, KL_logps: bind(mismatchedLogps({ forward, model, batch, scores: SCORES })) }
      : { ...counts, ...leftOut(model) };
  },
};

/** `x.index_select(0, chosen_idx)`, and of the others. */
const selected = (x: Tensor, ofPolicy: Outputs): Readonly<Record<"chosen" | "rejected", Tensor>> => {
  const chosen_idx = outputOf(ofPolicy, "chosen_idx");
  const rejected_idx = outputOf(ofPolicy, "rejected_idx");
  const [chosen, rejected] = bindAll([
    indexSelect(x, chosen_idx, someRows()),
    indexSelect(x, rejected_idx, someRows()),
  ] as const);
  return { chosen, rejected };
};

/** `torch.nonzero(label).view(-1)`, and of the others. */
const indicesOf = (batch: Batch): Readonly<Record<"chosen_idx" | "rejected_idx", Tensor>> => {
  const label = columnOf(batch, "label");
  const indices = (of: Tensor): Tensor =>
    bind(withoutGraph({ name: "nonzero", shape: someRows(), dtype: "int64" }, of));
  const chosen_idx = indices(label);
  const rejected_idx = indices(withoutGraph({ name: "bitwise_not", shape: rows(), dtype: "bool" }, label));
  return { chosen_idx, rejected_idx };
};

const policy: Pass = {
  id: "policy",
  moment: null,
  run: ({ forward, model, batch }) => {
    const labels = bind(completionLabels(batch));
    const inputs = { input_ids: columnOf(batch, "input_ids"), labels };
    const outputs = scoredForward({ forward, model, scores: SCORES }, inputs);
    const logps = sumsOf(outputs);
    const indices = indicesOf(batch);
    return { labels, ...outputs, logps, ...indices, ...selected(logps, indices) };
  },
};

/** The reference of a run, and what its head is asked for. */
const referenceRun = (running: Running): Run => ({
  ...referenceOf(running),
  batch: running.batch,
  scores: running.copy === null ? SCORES : [],
});

const isPrecomputed = ({ model }: Running): boolean => model.options.reference === "precomputed";

const referenceKl: Pass = {
  id: "reference_kl",
  moment: null,
  ofReference: true,
  run: (running) =>
    isPrecomputed(running) || !hasMismatched(running.model.options)
      ? leftOut(running.model)
      : { KL_logps: bind(mismatchedLogps(referenceRun(running))) },
};

const reference: Pass = {
  id: "reference",
  moment: "forward",
  ofReference: true,
  run: (running, [, ofPolicy = {}]) => {
    const { batch, model } = running;
    if (isPrecomputed(running)) {
      enterLayer(model.tape, model.layers.length);
      return selected(columnOf(batch, "ref_logps"), ofPolicy);
    }
    return withRecording(model.tape.autograd, false, () => {
      const inputs = { input_ids: columnOf(batch, "input_ids"), labels: outputOf(ofPolicy, "labels") };
      const outputs = scoredForward(referenceRun(running), inputs);
      const logps = sumsOf(outputs);
      return { ...outputs, logps, ...selected(logps, ofPolicy) };
    });
  },
};

/**
 * Kahneman-Tversky optimisation of TRL 1.15 and later: single completions that are wanted or not. The policy runs prompts with the completions of others, without a
 * graph, then the batch; so does the reference, and the loss holds both against each other.
 *
 * @see trl 1.16, trainer/kto_trainer.py, `_compute_kl_logps`, `_compute_loss`
 */
export const kto: Objective = {
  withoutDropout: true,
  columns,
  passes: [kl, policy, referenceKl, reference],
  loss: (outputs, running) =>
    inLogits(outputOf(outputs[1], "logps"), () => lossForBackward(ktoLoss(running, outputs), ...outputs)),
};
