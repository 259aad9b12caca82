// Scenario as its trainer runs it: score head, teacher, whole logits, number of loss chunks.

import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { GIB } from "#calc/base/bytes.ts";
import type { Machine } from "#calc/base/machine.ts";
import { FRAMEWORK_INPUTS } from "#calc/card/fit.ts";
import { asksFreeMemory } from "#calc/model/scenario-traits.ts";
import type { Scenario, Method } from "#calc/model/scenario.ts";
import type { BatchShape } from "./batch-shape.ts";
import type { Workings } from "./workings.ts";
import { OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import { isScored, scoredModel } from "#calc/model/architecture.ts";
import { isTrlHead } from "#calc/modules/trl-head.ts";

/** Chunks of one token: next to no logits. */
const ONE_TOKEN = Number.MAX_SAFE_INTEGER;

/** The most that fp32 logits of a chunk may take. */
const MOST_GIB = 4;
const OF_FREE = 0.5;
/** More than one chunk: a multiple of so many. */
const MULTIPLE = 4;

/**
 * Unsloth's number of chunks: fp32 logits of one take at most half of the memory that is free, and at most 4 GiB. `exact` = tokens × vocabulary × 4 B over
 * that; 1 where one chunk is enough, else the next multiple of four.
 *
 * @param freeBytes not above 0 where nothing is left: Unsloth raises an error there, and a chunk is a token
 * @see unsloth_zoo@ce232d6c/fused_losses/cross_entropy_loss.py, `_get_chunk_multiplier`, `get_chunk_size`
 * @internal
 */
export const unslothChunks = (tokens: number, vocab_size: number, freeBytes: number): number => {
  const target = Math.min(OF_FREE * freeBytes, MOST_GIB * GIB);
  if (target <= 0) return tokens;
  const exact = (tokens * vocab_size * ELEMENT_BYTES.fp32) / target;
  return exact <= 1 ? 1 : MULTIPLE * Math.ceil(exact / MULTIPLE);
};

const withChunks = (scenario: Scenario, chunks: number): Scenario =>
  scenario.loss.kind === "chunked" ? { ...scenario, loss: { ...scenario.loss, chunks } } : scenario;

/**
 * The scenario with as many chunks of the loss as there are at a batch and length; itself where their number is known.
 *
 * Free = `usableBytes` − CUDA context − the peak without logits: what a run has reserved by then, as far as it is known without the allocator.
 */
const settledLoss = (
  workings: Workings,
  scenario: Scenario,
  { machine, ...batch }: BatchShape & Readonly<{ machine: Machine }>,
): Scenario => {
  if (!asksFreeMemory(scenario.loss)) return scenario;
  const { architecture, usableBytes = Number.POSITIVE_INFINITY } = scenario;
  const withoutLogits = workings.peakFunction(withChunks(scenario, ONE_TOKEN), machine)(batch);
  const free = usableBytes - FRAMEWORK_INPUTS.contextGib * GIB - withoutLogits;
  const tokens = batch.micro_batch_size * batch.sequence_length;
  return withChunks(scenario, unslothChunks(tokens, architecture.vocab_size, free));
};

const SCORE = "score";

/** PEFT trains a copy of `score` beside adapters of a `SEQ_CLS` model, whatever its config says. @see peft 0.21, peft_model.py, `PeftModelForSequenceClassification` */
const withSavedScore = (method: Method): Method => {
  if (method.kind === "full" || method.lora.modules_to_save.includes(SCORE)) return method;
  return { ...method, lora: { ...method.lora, modules_to_save: [...method.lora.modules_to_save, SCORE] } };
};

/** The scenario as it is run where its objective asks the model for a score: with that head, which is trained whole, and no logits. Else itself. @internal */
export const withScore = (scenario: Scenario): Scenario => {
  const { objective, architecture, method } = scenario;
  if (!OBJECTIVE_TRAITS[objective].scores || isScored(architecture)) return scenario;
  return {
    ...scenario,
    architecture: scoredModel(architecture),
    method: withSavedScore(method),
    loss: { kind: "full", transformers: "5", outputsKept: false },
  };
};

/** An objective that has whole logits in every version of TRL has them where others would have its head. */
const withWholeLogits = (scenario: Scenario): Scenario =>
  OBJECTIVE_TRAITS[scenario.objective].wholeLogits && isTrlHead(scenario.loss)
    ? { ...scenario, loss: { kind: "full", transformers: "5", outputsKept: false } }
    : scenario;

/** Where nobody names a teacher it is the model itself, in fp32, as models are loaded by their names. */
const withTeacher = (scenario: Scenario): Scenario =>
  OBJECTIVE_TRAITS[scenario.objective].hasTeacher && scenario.teacher === undefined
    ? { ...scenario, teacher: { architecture: scenario.architecture, weights: "fp32" } }
    : scenario;

/** A scenario with what its objective's trainer decides by itself. */
export const scenarioAsTrained = (scenario: Scenario): Scenario => withTeacher(withWholeLogits(withScore(scenario)));

/** A scenario with what its objective and its loss settle by themselves: the model's head, the number of the loss's chunks. */
export const settledScenario = (
  workings: Workings,
  scenario: Scenario,
  at: Parameters<typeof settledLoss>[2],
): Scenario => settledLoss(workings, scenarioAsTrained(scenario), at);
