import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { causalLm } from "#calc/modules/causal-lm.ts";
import type { Model } from "#calc/modules/forward.ts";
import {
  type CodedModel,
  type Objective,
  outputOf,
  type Outputs,
  type Pass,
  type Running,
} from "#calc/modules/objective.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { enterLayer } from "#calc/tape/enter-layer.ts";
import { likeGradient } from "#calc/tape/ops/backwards.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { maskedOut } from "#calc/tape/ops/masked-rows.ts";
import { selectiveLogSoftmax } from "#calc/tape/ops/selective-log-softmax.ts";
import { sumExpanded } from "#calc/tape/ops/sum.ts";
import { to } from "#calc/tape/ops/to.ts";
import { recordedSlice } from "#calc/tape/ops/view.ts";
import { record } from "#calc/tape/record.ts";
import { within } from "#calc/tape/recorder.ts";
import { bind, bindAll, unname } from "#calc/tape/scope.ts";
import { lastDim, type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { drop } from "#calc/tape/tensor.ts";
import { columnsApart, concatenatedPairs } from "./concatenated-pairs.ts";
import { handedToBackward } from "./handed-to-backward.ts";
import { dropStates, namedStates, statesInFp32 } from "./hidden-states.ts";
import { withoutLabels } from "./logits-forward.ts";
import { pairs } from "./pair-forward.ts";
import { pairLoss, smoothedLoss } from "./pair-loss.ts";
import { referenceOf } from "./scored-forward.ts";

const ONE = shapeOf(1);
const tokens = (): Shape => shapeOf("b", "s");

/** The model on the concatenated batch, with its hidden states; logits that leave autocast have a copy in fp32 beside them. */
const runModel = ({ forward, model }: CodedModel, { batch }: Running): Outputs => {
  const { tape, options } = model;
  const ids = concatenatedPairs(batch);
  const states: Tensor[] = [];
  const { input_ids } = ids;
  const logits = withAutocast(tape, options.autocast, () =>
    bind(causalLm(withoutLabels(forward), model, { input_ids, labels: input_ids, states })[1]),
  );
  const isCast = options.autocast !== null && logits.dtype !== "fp32";
  const cast = isCast && bind(within(tape.recorder, { term: "logits" }, () => to(logits, "fp32")));
  return { ...ids, logits, ...(cast && { cast }), ...namedStates(states) };
};

/** `torch.roll(x, 1, dims=1)` */
const rolled = (x: Tensor): Tensor =>
  record({ name: "roll", inputs: [x], shape: x.shape, dtype: x.dtype, backward: likeGradient });

/** Labels are the tokens that follow; those that are not scored are set to 0. The mask of scored tokens takes the place of that of all. */
const labelsOf = (ids: Outputs): Readonly<Record<"labels" | "mask", Tensor>> => {
  const input_ids = outputOf(ids, "input_ids");
  const loss_mask = outputOf(ids, "loss_mask");
  const labels = bind(compute({ name: "roll", shape: tokens(), dtype: "int64" }, input_ids));
  const following = compute({ name: "roll", shape: tokens(), dtype: "int64" }, loss_mask);
  const mask = bind(compute({ name: "to", shape: tokens(), dtype: "bool" }, following));
  unname(loss_mask);
  drop(compute({ name: "bitwise_not", shape: tokens(), dtype: "bool" }, mask));
  return { labels, mask };
};

/** `logits[:num_examples][loss_mask[:num_examples]].mean()`, and of the others: copies of all their logits, which go. */
const meanLogits = (logits: Tensor): readonly Tensor[] =>
  (["nc", "nr"] as const).map((scored) => {
    const { dtype, shape } = logits;
    const kept = compute({ name: "index", shape: shapeOf(scored, lastDim(shape)), dtype }, logits);
    return bind(compute({ name: "mean", shape: ONE, dtype }, kept));
  });

/** Log-probabilities of rows from their logits, and what a step reports. */
const logpsOf = (ofModel: Outputs): Outputs => {
  const logits = ofModel["cast"] ?? outputOf(ofModel, "logits");
  return inLogits(logits, () => {
    const { labels, mask } = labelsOf(ofModel);
    const per_token_logps = selectiveLogSoftmax(logits, labels);
    const others = compute({ name: "bitwise_not", shape: tokens(), dtype: "bool" }, mask);
    const aligned = bind(rolled(maskedOut(per_token_logps, others)));
    const all_logps = bind(sumExpanded(recordedSlice(aligned, shapeOf("b", "s-1")), shapeOf("b")));
    const [chosen, rejected] = bindAll([recordedSlice(all_logps, pairs()), recordedSlice(all_logps, pairs())] as const);
    const [ofChosen, ofRejected] = meanLogits(logits) as [Tensor, Tensor];
    for (const gone of [labels, aligned, all_logps]) unname(gone);
    return { chosen, rejected, mask, ofChosen, ofRejected };
  });
};

/** The names of a batch's tensors that `concatenated_forward` has to its end. */
const TO_THE_END = ["prompt_input_ids", "prompt_attention_mask", "completion_input_ids", "completion_attention_mask"];

/** The model of a role, and the code that runs it; null where the reference is numbers that came with the batch. */
type Role = Readonly<{ id: "policy" | "reference"; of: (running: Running) => CodedModel | null; records: boolean }>;

/** A part of `concatenated_forward`: what it is called, and what it does with what the part before it gave. */
type Part = readonly [name: string, run: (of: CodedModel, before: readonly Outputs[], running: Running) => Outputs];

/**
 * `concatenated_forward` in parts, each of which goes through the layers once: the model; copies of its hidden states; the end of those that were copied, and
 * log-probabilities; the end of the function, with which all that it had goes.
 */
const PARTS: readonly Part[] = [
  ["", (of, _, running) => runModel(of, running)],
  [" states", ({ model }, [ofModel = {}]) => statesInFp32(model, ofModel)],
  [
    " logps",
    ({ model }, [ofModel = {}, states = {}]) => {
      dropStates(model, ofModel, states);
      if (ofModel["cast"] !== undefined) unname(outputOf(ofModel, "logits"));
      return logpsOf(ofModel);
    },
  ],
  [
    " end",
    ({ model }, [ofModel = {}, states = {}]) => {
      dropStates(model, states);
      const { cast, logits } = ofModel;
      const ids = ["input_ids", "attention_mask", ...TO_THE_END].map((name) => outputOf(ofModel, name));
      for (const gone of [...ids, cast ?? logits]) if (gone !== undefined) unname(gone);
      return {};
    },
  ],
];

const passesOf = ({ id, of, records }: Role, first: number): readonly Pass[] =>
  PARTS.map(([name, run], index) => ({
    id: `${id}${name}`,
    moment: id === "reference" && index === PARTS.length - 1 ? "forward" : null,
    ...(id === "reference" && { ofReference: true }),
    run: (running, earlier) => {
      const { tape, layers }: Model = running.model;
      const coded = of(running);
      if (coded === null) {
        enterLayer(tape, layers.length);
        return {};
      }
      const { recording } = tape.autograd;
      return withRecording(tape.autograd, recording && records, () => run(coded, earlier.slice(first), running));
    },
  }));

const POLICY: Role = { id: "policy", of: ({ forward, model }) => ({ forward, model }), records: true };

const REFERENCE: Role = {
  id: "reference",
  of: (running) => (running.model.options.reference === "precomputed" ? null : referenceOf(running)),
  records: false,
};

/** The part that gives log-probabilities. */
const LOGPS = 2;

/**
 * DPO of TRL 0.24: whole logits of all positions, hidden states of all layers beside them to the end of each forward (`output_hidden_states`), and the mean logits that a step
 * reports made of copies. A copy of the policy is frozen.
 *
 * @see trl 0.24, trainer/dpo_trainer.py, `concatenated_forward`, `get_batch_loss_metrics`
 */
export const dpoOf024: Objective = {
  withoutDropout: true,
  columns: columnsApart,
  passes: [...passesOf(POLICY, 0), ...passesOf(REFERENCE, PARTS.length)],
  loss: (outputs) => {
    const ofPolicy = outputs[LOGPS] ?? {};
    const ofReference = outputs[PARTS.length + LOGPS] ?? {};
    return inLogits(outputOf(ofPolicy, "chosen"), () => {
      const { chosen = null, rejected = null } = ofReference;
      const loss = pairLoss(ofPolicy, { chosen, rejected }, { lossOf: smoothedLoss });
      return handedToBackward(loss, ofPolicy, ofReference);
    });
  },
};
