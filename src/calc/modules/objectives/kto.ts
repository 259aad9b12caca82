import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Forward, Model } from "#calc/modules/forward.ts";
import {
  type Batch,
  type Column,
  columnOf,
  type Objective,
  outputOf,
  type Outputs,
  type Pass,
  type Running,
} from "#calc/modules/objective.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { enterLayer } from "#calc/tape/enter-layer.ts";
import type { LogProbOutput } from "#calc/tape/ops/logprob-tile.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { indexSelect } from "#calc/tape/ops/index-select.ts";
import { sumExpanded } from "#calc/tape/ops/sum.ts";
import { recordedSlice, view } from "#calc/tape/ops/view.ts";
import { withMismatched } from "#calc/tape/recorder.ts";
import { bind, bindAll, scoped } from "#calc/tape/scope.ts";
import { mismatchedShape, type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { completionLabels } from "./completion-labels.ts";
import { handedToBackward } from "./handed-to-backward.ts";
import { ktoLoss } from "./kto-loss.ts";
import { onMismatched } from "./mismatched-rows.ts";
import { referenceOf, scoredForward, type ScoredOutputs } from "./scored-forward.ts";

const ONE = shapeOf(1);

/** What the trainer asks its own model's head for; that of a copy gives log-probabilities alone. @see trl 1.16, trainer/kto_trainer.py, `add_fused_lm_head` */
const SCORES: readonly LogProbOutput[] = ["entropy", "mean_logits"];

const rows = (): Shape => shapeOf("b");
/** How many rows are wanted, and how many are not, moves no more than a block: half of them stand for either. */
const someRows = (): Shape => shapeOf("b", 1 / 2);

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
    const num_chosen = bind(compute({ name: "sum", shape: ONE, dtype: "int64" }, columnOf(batch, "label")));
    const num_rejected = bind(compute({ name: "rsub", shape: ONE, dtype: "int64" }, num_chosen));
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
  const indices = (of: Tensor): Tensor => bind(compute({ name: "nonzero", shape: someRows(), dtype: "int64" }, of));
  const chosen_idx = indices(label);
  const rejected_idx = indices(compute({ name: "bitwise_not", shape: rows(), dtype: "bool" }, label));
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
    inLogits(outputOf(outputs[1], "logps"), () => handedToBackward(ktoLoss(running, outputs), ...outputs)),
};
