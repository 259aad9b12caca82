// Evaluation after a step: forwards of a batch, kept outputs, and the highest point.

import { BLOCK_BYTES, bytes } from "#calc/base/bytes.ts";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { ALLOCATED_TERM_IDS } from "#calc/model/terms.ts";
import type { Method, Scenario } from "#calc/model/scenario.ts";
import type { AliveByName, Evaluation } from "#calc/model/whole-run.ts";
import { isTrlHead } from "#calc/modules/trl-head.ts";
import { holdingsOf, stepInputOf } from "#calc/step/gpu-holdings.ts";
import { settledScenario } from "#calc/step/settled-scenario.ts";
import { scenarioOfRank } from "#calc/step/workings.ts";
import { createDevice, type DeviceMemory, type Held } from "./device-memory.ts";
import { bufferBytesOf, type EvaluatedForward, evaluationForward } from "./evaluation-forward.ts";
import { generate, type Generation } from "./kv-cache.ts";
import { type BatchBytes, KEPT_OUTPUTS, type LoopMoment, runEvaluationLoop } from "./evaluation-loop.ts";
import type { MakeRunMoment, RunInput } from "./run-moment.ts";

/** What an evaluation follows from: the step's answer is not asked. */
export type Evaluating = Pick<RunInput, "workings" | "scenario" | "unsettled" | "machine">;

/** In `model.eval()` nothing drops out. */
const withoutDropout = (method: Method): Method =>
  method.kind === "full" ? method : { ...method, lora: { ...method.lora, lora_dropout: 0 } };

/** TRL's fused head has no logits: with metrics its trainer runs a second forward for them. */
const isTrl = ({ loss }: Pick<Scenario, "loss">): boolean => isTrlHead(loss);

/** The loss of transformers 5's own models. */
const OWN_LOSS: Scenario["loss"] = { kind: "full", transformers: "5", outputsKept: false };

/** Losses that never have whole logits (Liger's, chunks) give way to the model's own where logits are kept; LitGPT's loop validates with plain cross entropy. */
const evaluationLoss = ({ loss }: Scenario, keeps: Evaluation["keeps"]): Scenario["loss"] => {
  if (loss.kind === "litgpt") return { kind: "full", transformers: "none", outputsKept: false };
  const hasLogits = loss.kind === "full" || loss.kind === "inplace" || (loss.kind === "fused" && loss.kernel === "trl");
  return keeps === "loss" || hasLogits ? loss : OWN_LOSS;
};

/**
 * TRL's trainer for fine-tuning asks a model of experts for the logits of its routers, wherever the model has a loss for them.
 *
 * @see trl 1.16, trainer/sft_trainer.py, `aux_loss_enabled`
 */
const asksRouters = ({ families }: Evaluating["workings"], { architecture, modelling, loss }: Scenario): boolean =>
  isTrl({ loss }) &&
  (architecture.num_experts ?? 0) > 0 &&
  families.modellingOf(architecture.model_type, modelling).forward.balancesExperts === true;

const withRouterLogits = (loss: Scenario["loss"]): Scenario["loss"] =>
  loss.kind === "full" || loss.kind === "fused" ? { ...loss, routerLogits: true } : loss;

/** The scenario as a batch of it is evaluated: in `model.eval()`, under `torch.no_grad()`. */
const asEvaluated = (workings: Evaluating["workings"], scenario: Scenario, evaluation: Evaluation): Scenario => {
  const { selective: _, ...whole } = scenario;
  const loss = evaluationLoss(scenario, evaluation.keeps);
  return {
    ...whole,
    method: withoutDropout(scenario.method),
    loss: asksRouters(workings, scenario) ? withRouterLogits(loss) : loss,
    micro_batch_size: evaluation.per_device_eval_batch_size,
    sequence_length: evaluation.sequence_length,
    gradient_accumulation_steps: 1,
    gradient_checkpointing: false,
    checkpointsOffloaded: false,
    savedTensorsOffloaded: false,
  };
};

/** Scalars that the training loop has at an evaluation: `tr_loss`, the loss of the last step, `num_items_in_batch`, `grad_norm`. */
const LOOP_SCALARS = 4;
const SCALAR_BYTES = 4;

/** Ids and labels; the mask of TRL's collator, or of rows that are padded, beside them. */
const columnsOf = ({ packing, loss }: Scenario): number => (isTrl({ loss }) || !packing ? 3 : 2);

/** What an evaluation finds on the device: parameters, buffers, both states of the optimizer, the last batch of training. Gradients are gone. */
const standAfterStep = ({ workings, scenario, machine }: Evaluating): ((device: DeviceMemory) => void) => {
  const input = stepInputOf(workings, scenario, machine);
  const { weights, adapters, optimizer, cublas, buffers } = holdingsOf(workings, input);
  const bufferBytes = bufferBytesOf(workings, scenario, machine);
  const ids = scenario.micro_batch_size * scenario.sequence_length * ELEMENT_BYTES.int64;
  const columns = (machine.hostIsDevice === true ? 2 : 1) * columnsOf(scenario);
  return (device) => {
    device.allocateBlocks("weights", weights.bytes);
    device.allocateBlocks("adapters", adapters.bytes);
    device.allocateBlocks("optimizer", optimizer.bytes);
    device.allocateBlocks("workspace", cublas.bytes + buffers.bytes + bufferBytes);
    for (let column = 0; column < columns; column++) device.allocate("training batch", ids);
    for (let scalar = 0; scalar < LOOP_SCALARS; scalar++) device.allocate("scalars", SCALAR_BYTES);
  };
};

/** The forwards of a batch, in order. */
const forwardsOf = (
  input: Evaluating,
  evaluated: Scenario,
  keeps: Evaluation["keeps"],
): readonly EvaluatedForward[] => {
  const { workings, machine } = input;
  const inputNeedsGradient = input.scenario.gradient_checkpointing && input.scenario.method.kind !== "full";
  const run = (labelled: boolean, scenario: Scenario): EvaluatedForward =>
    evaluationForward(workings, scenario, { machine, which: { labelled, inputNeedsGradient } });
  const first = run(true, evaluated);
  if (!isTrl(evaluated) || keeps === "loss") return [first];
  const loss = asksRouters(workings, evaluated) ? withRouterLogits(OWN_LOSS) : OWN_LOSS;
  return [first, run(false, { ...evaluated, loss })];
};

/** What `predict_with_generate` makes of a batch before its loss; null where nothing is generated. */
const generationOf = (input: Evaluating, evaluated: Scenario, newTokens: number): Generation | null => {
  if (newTokens === 0) return null;
  const { workings, machine } = input;
  const { architecture, modelling, autocast, weights } = evaluated;
  const { forward } = workings.families.modellingOf(architecture.model_type, modelling);
  const which = { labelled: false, inputNeedsGradient: false, lastPosition: true } as const;
  const { highest } = evaluationForward(workings, { ...evaluated, loss: OWN_LOSS }, { machine, which });
  return {
    architecture,
    forward,
    rows: evaluated.micro_batch_size,
    promptTokens: evaluated.sequence_length,
    newTokens,
    elementBytes: autocast || weights !== "fp32" ? ELEMENT_BYTES.bf16 : ELEMENT_BYTES.fp32,
    prefill: highest,
  };
};

/** A block, in which the loss is. */
const LOSS_BYTES = BLOCK_BYTES;

const sizesOf = (evaluated: Scenario, forwards: readonly EvaluatedForward[], newTokens: number): BatchBytes => {
  const { micro_batch_size: rows, sequence_length } = evaluated;
  const tokens = rows * sequence_length;
  const ids = tokens * ELEMENT_BYTES.int64;
  const logits = tokens * evaluated.architecture.vocab_size;
  const last = forwards.at(-1)?.returnedBytes ?? 0;
  const ofLogits = forwards.length > 1 ? last : last - LOSS_BYTES;
  return {
    column: ids,
    columns: columnsOf(evaluated),
    // Without the rest of the last block: so many logits of 2 or of 4 bytes.
    logits: newTokens > 0 ? ids + rows * newTokens * ELEMENT_BYTES.int64 : Math.floor(ofLogits / logits) * logits,
    losses: rows * ELEMENT_BYTES.fp32,
    argmax: ids,
  };
};

/** Allocates what a forward has at its highest, and frees it: the loss of an earlier forward of the same batch stays meanwhile. */
const goThrough = (device: DeviceMemory, forwards: readonly EvaluatedForward[]): void => {
  const earlier: Held[] = [];
  for (const { highest, returnedBytes } of forwards) {
    device.free(...ALLOCATED_TERM_IDS.map((term) => device.allocateBlocks(term, highest[term])));
    earlier.push(device.allocateBlocks("logits", returnedBytes));
  }
  device.free(...earlier);
};

/** An evaluation whose forwards have been run on paper: its loop, with as many batches as are asked for. */
type PreparedEvaluation = (evaluation: Evaluation) => readonly LoopMoment[];

const prepareEvaluation = (input: Evaluating, evaluation: Evaluation): PreparedEvaluation => {
  const { workings, machine } = input;
  const scenario = scenarioOfRank(workings, input.scenario);
  // How many chunks a loss has follows from what is free beside all ranks' scenario, as in a step.
  const whole = asEvaluated(workings, input.unsettled, evaluation);
  const evaluated = scenarioOfRank(workings, settledScenario(workings, whole, { ...whole, machine }));
  const forwards = forwardsOf(input, evaluated, evaluation.keeps);
  const generation = generationOf(input, evaluated, evaluation.max_new_tokens);
  const sizes = sizesOf(evaluated, forwards, evaluation.max_new_tokens);
  const stand = standAfterStep({ ...input, scenario });
  return (of) => {
    const device = createDevice();
    stand(device);
    return runEvaluationLoop(device, {
      evaluation: of,
      sizes,
      forward: () => {
        if (generation !== null) generate(device, generation);
        goThrough(device, forwards);
      },
      countsHostBatches: machine.hostIsDevice === true,
      countsTokens: !isTrl(evaluated),
    });
  };
};

/** An evaluation after a step, point by point: what `Trainer.evaluate` of `eval_strategy="steps"` has on the device. */
export const evaluationMoments = (input: Evaluating, evaluation: Evaluation): readonly LoopMoment[] =>
  prepareEvaluation(input, evaluation)(evaluation);

/** From so many batches on, each adds the same as the one before. */
const SAME_FROM = 8;

const highestOf = (moments: readonly LoopMoment[]): LoopMoment =>
  moments.reduce((best, each) => (each.peakBytes > best.peakBytes ? each : best));

/** Whether the rows of the reference hold an evaluation: one GPU with all of its model, LoRA or no adapters, modelling code of transformers 5, its own loss or TRL's. */
const isMeasured = ({ gpus, modelling, loss, offload, method }: Scenario, { max_new_tokens }: Evaluation): boolean => {
  const isPlain = max_new_tokens === 0 && gpus === 1 && offload === "none" && modelling === "transformers";
  const isLora = method.kind === "full" || (method.lora.tuner === undefined && !method.lora.use_dora);
  return isPlain && isLora && (loss.kind === "full" || isTrl({ loss }));
};

/** What each further batch adds while nothing goes to the host. */
const growthOf = (loop: PreparedEvaluation, evaluation: Evaluation): number => {
  const at = (batches: number): number =>
    highestOf(loop({ ...evaluation, batches, eval_accumulation_steps: null })).peakBytes;
  return at(SAME_FROM) - at(SAME_FROM - 1);
};

/** The same tensors with more of what is kept. */
const withMoreKept = (alive: readonly AliveByName[], more: number): readonly AliveByName[] =>
  alive.map((each) => (each.name === KEPT_OUTPUTS ? { ...each, bytes: bytes(each.bytes + more) } : each));

/** Logits are fp32 in NumPy, their argmax and labels int64; with the loss alone next to nothing goes to the host. */
const hostBytesOf = ({ scenario }: RunInput, evaluation: Evaluation): number => {
  const {
    keeps,
    batches,
    batch_eval_metrics,
    per_device_eval_batch_size: rows,
    sequence_length,
    max_new_tokens,
  } = evaluation;
  if (batch_eval_metrics) return 0;
  const ids = rows * sequence_length * ELEMENT_BYTES.int64;
  if (max_new_tokens > 0) return batches * (2 * ids + rows * max_new_tokens * ELEMENT_BYTES.int64);
  if (keeps === "loss") return 0;
  const logits = rows * sequence_length * scenario.architecture.vocab_size * ELEMENT_BYTES.fp32;
  return batches * (ids + (keeps === "argmax" ? ids : logits));
};

/**
 * The highest point of an evaluation: all that stays between steps, one forward without a graph, and what the trainer has kept by then.
 *
 * Where logits are kept, each batch adds the same from the third on: 2 × L with concatenation (old result, new batch and new result are there together), L in a
 * list, nothing once they have gone to the host.
 */
export const evaluate: MakeRunMoment = (input) => {
  const { evaluation } = input.asked;
  if (evaluation === null) return null;
  const { batches, eval_accumulation_steps } = evaluation;
  const loop = prepareEvaluation(input, evaluation);
  const run = loop({ ...evaluation, batches: Math.min(batches, SAME_FROM) });
  const highest = highestOf(run);
  const growth = growthOf(loop, evaluation);
  const keptAtOnce = Math.min(batches, eval_accumulation_steps ?? batches);
  const further = Math.max(0, keptAtOnce - SAME_FROM) * growth;
  const goesOn = eval_accumulation_steps === null || batches < eval_accumulation_steps;
  return {
    id: "evaluate",
    liveBytes: run.at(-1)?.liveBytes ?? highest.liveBytes,
    peakBytes: bytes(highest.peakBytes + further),
    alive: withMoreKept(highest.alive, further),
    hostBytes: bytes(hostBytesOf(input, evaluation)),
    basis: isMeasured(input.scenario, evaluation) ? "run" : "read",
    perBatchBytes: bytes(goesOn ? growth : 0),
  };
};
