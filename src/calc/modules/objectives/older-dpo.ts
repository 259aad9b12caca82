// DPO of TRL 0.24: whole logits and hidden states of all layers in each forward.

import { assert } from "#calc/base/guards.ts";
import {
  type Batch,
  type Column,
  columnOf,
  type CodedModel,
  type Objective,
  outputOf,
  type Outputs,
  type Pass,
  type Running,
} from "./objective.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { withoutGraph, likeGradient, record } from "#calc/tape/operation.ts";
import { slice, to, recordedSlice } from "#calc/tape/ops/views.ts";
import { bind, bindAll, scoped, unname } from "#calc/tape/scope.ts";
import type { Dim } from "#calc/tape/ledger/dimension.ts";
import { shapeOf, lastDim, type Shape, ONE } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { pairShape, lossForBackward, withoutLabels, referenceOf } from "./trl-trainers.ts";
import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { causalLm } from "#calc/modules/causal-lm.ts";
import type { Model } from "#calc/modules/forward.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { enterLayer } from "#calc/tape/segments.ts";
import { zeroMasked } from "#calc/tape/ops/indexing.ts";
import { selectiveLogSoftmax } from "#calc/tape/ops/log-softmax.ts";
import { sumExpanded } from "#calc/tape/ops/reductions.ts";
import { withMarks } from "#calc/tape/recorder.ts";
import { drop } from "#calc/tape/tensor.ts";
import { pairLoss, smoothedLoss } from "./pair-loss.ts";

const WHAT = ["input_ids", "attention_mask"] as const;

/** Prompts, and chosen and rejected completions without them, each padded by itself. */
const columnsApart = ({ reference }: StepOptions): readonly Column[] => [
  ...(["prompt", "chosen", "rejected"] as const).flatMap((side) =>
    WHAT.map((name): Column => ({ name: `${side}_${name}`, shape: shapeOf("b", 1 / 2, side), dtype: "int64" })),
  ),
  ...(reference === "precomputed" ? ["ref_chosen_logps", "ref_rejected_logps"] : []).map((name): Column => ({
    name,
    shape: pairShape(),
    dtype: "fp32",
  })),
];

const bothOf = <T>(of: (name: (typeof WHAT)[number]) => T): readonly [T, T] => [of(WHAT[0]), of(WHAT[1])];

type Whole = "prompt_input_ids" | "prompt_attention_mask" | "completion_input_ids" | "completion_attention_mask";
type ConcatenatedPairs = Readonly<Record<Whole | "input_ids" | "attention_mask" | "loss_mask", Tensor>>;

/** `torch.cat` of whole numbers, or what else makes a new tensor of [rows, positions]. */
const made = (name: string, positions: Dim, of: Tensor): Tensor =>
  withoutGraph({ name, shape: shapeOf("b", positions), dtype: "int64" }, of);

/** `flush_left`: rows are moved to the left, and columns that are empty then are cut off, which is a view. */
const flushedLeft = (masks: readonly [Tensor, Tensor, Tensor]): readonly [Tensor, Tensor, Tensor] =>
  scoped(masks[0].tape, () => {
    const copies = masks.map((each) => bind(made("clone", "joined", each)));
    bind(made("remainder", "joined", masks[0]));
    const [first, second, third] = copies.map((each) => slice(made("gather", "joined", each), shapeOf("b", "s")));
    assert(first !== undefined && second !== undefined && third !== undefined, "there are three");
    return [first, second, third] as const;
  });

/**
 * The batch of a forward, bound, by the names that the trainer's functions have: prompts twice, completions padded to the longer side, both side by side, moved to the
 * left.
 *
 * @see trl 0.24, trainer/dpo_trainer.py, `concatenated_inputs`, `concatenated_forward`; trainer/utils.py, `flush_left`
 */
const concatenatedPairs = (batch: Batch): ConcatenatedPairs => {
  const side = (from: string, name: string, positions: Dim): Tensor =>
    bind(made("cat", positions, columnOf(batch, `${from}_${name}`)));
  const [prompt_input_ids, prompt_attention_mask] = bothOf((name) => side("prompt", name, "prompt"));
  const [completion_input_ids, completion_attention_mask] = bothOf((name) => side("chosen", name, "wider"));
  const join = (): Tensor => bind(made("cat", "joined", prompt_input_ids));
  const joined = [join(), join(), join()] as const;
  const [input_ids, attention_mask, loss_mask] = bindAll(flushedLeft(joined));
  for (const each of joined) unname(each);
  return {
    prompt_input_ids,
    prompt_attention_mask,
    completion_input_ids,
    completion_attention_mask,
    input_ids,
    attention_mask,
    loss_mask,
  };
};

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
  const cast = isCast && bind(withMarks(tape.recorder, { term: "logits" }, () => to(logits, "fp32")));
  return { ...ids, logits, ...(cast && { cast }), ...namedHiddenStates(states) };
};

/** `torch.roll(x, 1, dims=1)` */
const rolled = (x: Tensor): Tensor =>
  record({ name: "roll", inputs: [x], shape: x.shape, dtype: x.dtype, backward: likeGradient });

/** Labels are the tokens that follow; those that are not scored are set to 0. The mask of scored tokens takes the place of that of all. */
const labelsOf = (ids: Outputs): Readonly<Record<"labels" | "mask", Tensor>> => {
  const input_ids = outputOf(ids, "input_ids");
  const loss_mask = outputOf(ids, "loss_mask");
  const labels = bind(withoutGraph({ name: "roll", shape: tokens(), dtype: "int64" }, input_ids));
  const following = withoutGraph({ name: "roll", shape: tokens(), dtype: "int64" }, loss_mask);
  const mask = bind(withoutGraph({ name: "to", shape: tokens(), dtype: "bool" }, following));
  unname(loss_mask);
  drop(withoutGraph({ name: "bitwise_not", shape: tokens(), dtype: "bool" }, mask));
  return { labels, mask };
};

/** `logits[:num_examples][loss_mask[:num_examples]].mean()`, and of the others: copies of all their logits, which go. */
const meanLogits = (logits: Tensor): readonly Tensor[] =>
  (["nc", "nr"] as const).map((scored) => {
    const { dtype, shape } = logits;
    const kept = withoutGraph({ name: "index", shape: shapeOf(scored, lastDim(shape)), dtype }, logits);
    return bind(withoutGraph({ name: "mean", shape: ONE, dtype }, kept));
  });

/** Log-probabilities of rows from their logits, and what a step reports. */
const logpsOf = (ofModel: Outputs): Outputs => {
  const logits = ofModel["cast"] ?? outputOf(ofModel, "logits");
  return inLogits(logits, () => {
    const { labels, mask } = labelsOf(ofModel);
    const per_token_logps = selectiveLogSoftmax(logits, labels);
    const others = withoutGraph({ name: "bitwise_not", shape: tokens(), dtype: "bool" }, mask);
    const aligned = bind(rolled(zeroMasked(per_token_logps, others)));
    const all_logps = bind(sumExpanded(recordedSlice(aligned, shapeOf("b", "s-1")), shapeOf("b")));
    const [chosen, rejected] = bindAll([
      recordedSlice(all_logps, pairShape()),
      recordedSlice(all_logps, pairShape()),
    ] as const);
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
  [" states", ({ model }, [ofModel = {}]) => hiddenStatesInFp32(model, ofModel)],
  [
    " logps",
    ({ model }, [ofModel = {}, states = {}]) => {
      dropHiddenStates(model, ofModel, states);
      if (ofModel["cast"] !== undefined) unname(outputOf(ofModel, "logits"));
      return logpsOf(ofModel);
    },
  ],
  [
    " end",
    ({ model }, [ofModel = {}, states = {}]) => {
      dropHiddenStates(model, states);
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
export const dpoOfTrl024: Objective = {
  withoutDropout: true,
  columns: columnsApart,
  passes: [...passesOf(POLICY, 0), ...passesOf(REFERENCE, PARTS.length)],
  loss: (outputs) => {
    const ofPolicy = outputs[LOGPS] ?? {};
    const ofReference = outputs[PARTS.length + LOGPS] ?? {};
    return inLogits(outputOf(ofPolicy, "chosen"), () => {
      const { chosen = null, rejected = null } = ofReference;
      const loss = pairLoss(ofPolicy, { chosen, rejected }, { lossOf: smoothedLoss });
      return lossForBackward(loss, ofPolicy, ofReference);
    });
  },
};

const nameOf = (index: number): string => `hidden state ${index}`;

/** Hidden states that a model returned (`output_hidden_states`): what each layer got, and what the last norm gave, by name. Whoever has them drops them. */
const namedHiddenStates = (states: readonly Tensor[]): Outputs =>
  Object.fromEntries(states.map((state, index) => [nameOf(index), state]));

/** Does something with each of a model's hidden states, in the layer that got it; the last is of what comes after the layers. */
const inEachLayer = <T>({ tape, layers }: Model, outputs: Outputs, body: (state: Tensor) => T): readonly T[] =>
  Array.from({ length: layers.length + 1 }, (_, index) => {
    enterLayer(tape, index);
    return body(outputOf(outputs, nameOf(index)));
  });

/** `convert_outputs_to_fp32`: those that leave autocast in 16 bits are copied; the others stay as they are. */
const hiddenStatesInFp32 = (model: Model, outputs: Outputs): Outputs =>
  namedHiddenStates(
    inEachLayer(model, outputs, (state) => {
      if (model.options.autocast === null || state.dtype === "fp32") return state;
      const copy = to(state, "fp32");
      copy.bindings++;
      return copy;
    }),
  );

/** Lets go of hidden states, but of those that `kept` has, too. */
const dropHiddenStates = (model: Model, outputs: Outputs, kept: Outputs = {}): void => {
  const stays = new Set(Object.values(kept));
  inEachLayer(model, outputs, (state) => {
    if (!stays.has(state)) drop(state);
  });
};
