// Forward of a causal language model: embeddings, checkpointed layers, loss and logits, routers' loss.

import type { StepOptions } from "#calc/model/step-options.ts";
import { checkpointedReentrant } from "#calc/tape/checkpoint-reentrant.ts";
import { noteLayerLikeness } from "#calc/tape/run-state.ts";
import { withMarks } from "#calc/tape/recorder.ts";
import type { Inputs, Tensor } from "#calc/tape/tape.ts";
import { drop } from "#calc/tape/tensor.ts";
import type { Forward, Model } from "./forward.ts";
import { checkpointed, sameTensor } from "#calc/tape/checkpoint.ts";
import { enterLayer } from "#calc/tape/segments.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { requireGradient } from "#calc/tape/parameter.ts";
import { bind, bindAll, call, rebind, scoped, unname } from "#calc/tape/scope.ts";
import { sameElements, shapeOf } from "#calc/tape/ledger/shape.ts";
import { addNumber, scale } from "#calc/tape/ops/unary.ts";
import { to } from "#calc/tape/ops/views.ts";
import { causalLmLoss, crossEntropy, shiftedLoss } from "./causal-lm-loss.ts";
import type { Attended } from "./heads.ts";
import type { Loaded, Shared } from "./loaded-modules.ts";
import type { Labelled } from "./objectives/objective.ts";
import { inplaceLoss, linearLoss } from "./fused-losses.ts";
import { promptedInputs, promptOf } from "./tuners/prompt-tuning.ts";
import type { LogProbOutput } from "#calc/tape/ops/head-kernels.ts";
import { routersLoss } from "./router.ts";
import { isTrlHead, trlHead } from "./trl-head.ts";

/**
 * `enable_input_require_grads`: checkpointed layers need an input that requires a gradient, and the output of a frozen embedding does not.
 */
const embedded = (forward: Forward, model: Model, input_ids: Tensor): Tensor => {
  const inputs_embeds = forward.embed(model, input_ids);
  const { gradient_checkpointing, method } = model.options;
  const { recording } = model.tape.autograd;
  if (recording && gradient_checkpointing && method.kind !== "full" && inputs_embeds.node === null)
    requireGradient(inputs_embeds, true);
  return inputs_embeds;
};

/** Whether the next layer gets a tensor like the one that this layer got. */
const looksAs = ([input]: Attended, [output, weights]: Attended): boolean =>
  weights === null &&
  output.dtype === input.dtype &&
  output.permuted === input.permuted &&
  output.view === input.view &&
  sameElements(output.shape, input.shape) &&
  (output.node === null) === (input.node === null) &&
  // Autocast keeps its copy of the input if that is a leaf. The output never is one.
  input.tape.autocast.casts.every((casts) => !casts.has(input.storage));

/** How checkpoints run: as someone says, else as the modelling code has them. */
const checkpointOf = ({ checkpoint = checkpointed }: Forward, { reentrant }: StepOptions): typeof checkpointed =>
  reentrant === undefined ? checkpoint : reentrant ? checkpointedReentrant : checkpointed;

type LayerRun = Readonly<{ index: number; inputs: Inputs; shared: Shared }>;

const runLayer = (forward: Forward, model: Model, { index, inputs, shared }: LayerRun): Tensor | Attended => {
  const layer = model.layers[index] as Loaded;
  layer.shared = shared;
  const run = ([hidden_states, ...context]: readonly Tensor[]): Tensor | Attended =>
    call(
      `layers.${index}`,
      (x) => forward.layer(layer, forward.keepsPositions ? context : context.slice(1), x),
      hidden_states as Tensor,
    );
  if (!model.options.gradient_checkpointing || layer.keepsAll) return run(inputs);
  return checkpointOf(forward, model.options)(model.tape, {
    forward: run,
    inputs,
    // The closures of all layers hold the shared states. The first layer's backward comes last, so its closure holds them longest.
    ...(model.layers.findIndex(({ keepsAll }) => !keepsAll) === index && shared),
  });
};

/** A layer within the hooks of ranks, which stand outside its checkpoint. */
const runUnit = (forward: Forward, model: Model, layer: LayerRun): Tensor | Attended => {
  const { ranks } = model.tape.hooks;
  if (ranks === null) return runLayer(forward, model, layer);
  return scoped(model.tape, () => {
    const returned = runLayer(forward, model, { ...layer, inputs: ranks.enter(layer.index, layer.inputs) });
    const [output, ...rest] = "storage" in returned ? ([returned] as const) : returned;
    const seen = ranks.leave(layer.index, output);
    return rest[0] === undefined ? seen : [seen, rest[0]];
  });
};

/**
 * What a model is called with. `given`: `inputs_embeds`, where somebody else made them; `states`, `routerLogits`: the lists for hidden states and for logits of
 * its routers, where it is asked for them.
 */
type Input = Readonly<{
  input_ids: Tensor;
  given: Tensor | null;
  states: Tensor[] | undefined;
  routerLogits: Tensor[] | null;
}>;

/** A hidden state that the model returns, too, where somebody asks for them. */
const keepState = (states: Tensor[] | undefined, state: Tensor): void => {
  states?.push(sameTensor(state));
};

/** `...Model.forward`: embeddings, if it is not called with them, positions, rotary tables and masks alive during all layers, final norm. */
const backbone = (forward: Forward, model: Model, { input_ids, given, states, routerLogits }: Input): Tensor =>
  call(
    "model",
    (ids) => {
      const { tape } = model;
      let inputs_embeds = bind(given ?? embedded(forward, model, ids));
      if (forward.scaleEmbeddings) inputs_embeds = rebind(inputs_embeds, scale(inputs_embeds));
      const position_ids =
        forward.positions?.(model, ids) ??
        bind(addNumber(withoutGraph({ name: "arange", shape: shapeOf(1, "s"), dtype: "int64" }, ids)));
      const context = forward.context(model, inputs_embeds, position_ids, ids);
      for (const tensor of context) bind(tensor);
      let outputs: Attended = [bind(forward.enter?.(model, inputs_embeds, position_ids) ?? inputs_embeds), null];
      const shared: Shared = { states: new Map(), holder: [], routerLogits };
      tape.layers.handed[tape.position.microStep] = outputs[0].storage;
      model.layers.forEach((layer, index) => {
        const chosen = forward.choose?.(layer, context) ?? context;
        const positions = forward.keepsPositions ? [] : [position_ids];
        enterLayer(tape, index);
        const before = outputs;
        keepState(states, before[0]);
        const returned = runUnit(forward, model, { index, shared, inputs: [before[0], ...positions, ...chosen] });
        outputs = bindAll("storage" in returned ? [returned, null] : returned);
        noteLayerLikeness(tape.layers, looksAs(before, outputs));
        for (const tensor of before.toReversed()) if (tensor !== null) unname(tensor);
      });
      enterLayer(tape, model.layers.length);
      const normed = bind(forward.finalNorm(model, outputs[0]));
      keepState(states, normed);
      noteLayerLikeness(tape.layers, shared.states.size === 0 && context.every(({ node }) => node === null));
      if (!model.options.gradient_checkpointing) shared.holder.forEach(drop);
      return normed;
    },
    input_ids,
  );

/**
 * The loss, and the logits that the caller's `outputs` holds. Where nobody makes whole logits, the loss stands in their place; of TRL's head it is what that gives
 * for each token (`FusedOutputs`).
 */
export type LossAndLogits = readonly [loss: Tensor, logits: Tensor, ...others: Tensor[]];

/** What TRL's trainer for fine-tuning asks its head for beside log-probabilities. @see trl 1.16, trainer/sft_trainer.py, `add_fused_lm_head` */
export const SFT_OUTPUTS = ["entropy", "is_top1"] as const;

/** A batch, and what TRL's head is asked for beside log-probabilities; absent: what its trainer for fine-tuning asks for. */
export type Scored = Labelled &
  Readonly<{
    scores?: readonly LogProbOutput[];
    /** Takes what each layer gets, and what the last norm gives (`output_hidden_states`), held until somebody drops it; absent: nobody asks. */
    states?: Tensor[];
  }>;

/** What a loss is made of. */
type Predicted = Readonly<{ hidden_states: Tensor; labels: Tensor; scores: readonly LogProbOutput[] }>;

/** Whether the model is asked for the logits of its routers. */
const asksRouters = ({ options: { loss } }: Model): boolean =>
  (loss.kind === "full" || loss.kind === "fused") && loss.routerLogits === true;

/** The running function holds routers' logits, in place of the list that they were put into. */
const takeOver = (routerLogits: readonly Tensor[]): void => {
  for (const each of routerLogits) {
    bind(each);
    each.bindings--;
  }
};

/** What a model returns of its routers, behind everything else: their loss, and with whole logits their own. */
const withRouters = (made: LossAndLogits, routerLogits: readonly Tensor[], { options }: Model): LossAndLogits => {
  const [first] = routerLogits;
  if (first === undefined) return made;
  takeOver(routerLogits);
  return [...made, routersLoss(first), ...(isTrlHead(options.loss) ? [] : routerLogits)];
};

const fromLogits = (forward: Forward, model: Model, { hidden_states, labels }: Predicted): LossAndLogits => {
  const { tape, options } = model;
  const isOld = options.loss.kind === "full" && options.loss.transformers === "4.45";
  const logits = withMarks(tape.recorder, { term: "logits" }, () => {
    const made = bind(forward.logits(model, hidden_states));
    return isOld ? rebind(made, to(made, "fp32")) : made;
  });
  const ownLoss = forward.loss?.(options);
  if (ownLoss !== undefined) return [ownLoss(logits, labels), logits];
  if (options.loss.kind === "inplace") return [inplaceLoss(logits), logits];
  if (options.loss.kind === "full" && options.loss.transformers === "none")
    return [crossEntropy(logits, labels), logits];
  const isNew = options.loss.kind === "full" && options.loss.transformers === "5";
  return [isNew ? causalLmLoss(logits, labels) : shiftedLoss(logits, labels), logits];
};

const lossOf = (forward: Forward, model: Model, predicted: Predicted): LossAndLogits => {
  const { loss: path } = model.options;
  if (path.kind === "litgpt" && forward.headAndLoss) return forward.headAndLoss(model, predicted.hidden_states);
  if (path.kind === "full" || path.kind === "inplace") return fromLogits(forward, model, predicted);
  if (isTrlHead(path)) {
    const { hidden_states: hidden, labels, scores } = predicted;
    const capped = model.options.architecture.final_logit_softcapping !== undefined;
    return trlHead({ hidden, labels, head: model.head, capped }, path, scores);
  }
  const loss = linearLoss(path, predicted.hidden_states, model.head);
  return [loss, loss];
};

/** `...ForCausalLM.forward` */
export const causalLm = (forward: Forward, model: Model, batch: Scored): LossAndLogits => {
  const { tape } = model;
  const { input_ids, labels, scores = SFT_OUTPUTS, states } = batch;
  enterLayer(tape, -1);
  return scoped(tape, (): LossAndLogits => {
    tape.hooks.ranks?.enter(-1, [input_ids]);
    const prompt = promptOf(model);
    const prompted = prompt && promptedInputs(prompt, batch, (ids) => embedded(forward, model, ids));
    const routerLogits = asksRouters(model) ? [] : null;
    const given = prompted?.inputs_embeds ?? null;
    const hidden_states = bind(backbone(forward, model, { input_ids, given, states, routerLogits }));
    const made = lossOf(forward, model, { hidden_states, labels: prompted?.labels ?? labels, scores });
    const result = withRouters(made, routerLogits ?? [], model);
    tape.hooks.ranks?.leave(-1, ...result);
    return result;
  });
};
