import { GIB } from "#calc/base/quantity.ts";
import type { Machine } from "#calc/base/machine.ts";
import { FRAMEWORK } from "#calc/card/on-card.ts";
import { asksFreeMemory } from "#calc/model/asks-free-memory.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { BatchShape } from "./sizes-at.ts";
import type { Workings } from "./workings.ts";

/** Chunks of one token: next to no logits. */
const ONE_TOKEN = Number.MAX_SAFE_INTEGER;

const FP32_BYTES = 4;
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
  const exact = (tokens * vocab_size * FP32_BYTES) / target;
  return exact <= 1 ? 1 : MULTIPLE * Math.ceil(exact / MULTIPLE);
};

const withChunks = (scenario: Scenario, chunks: number): Scenario =>
  scenario.loss.kind === "chunked" ? { ...scenario, loss: { ...scenario.loss, chunks } } : scenario;

/**
 * The scenario with as many chunks of the loss as there are at a batch and length; itself where their number is known.
 *
 * Free = `usableBytes` − CUDA context − the peak without logits: what a run has reserved by then, as far as it is known without the allocator.
 */
export const settledLoss = (
  workings: Workings,
  scenario: Scenario,
  { machine, ...batch }: BatchShape & Readonly<{ machine: Machine }>,
): Scenario => {
  if (!asksFreeMemory(scenario.loss)) return scenario;
  const { architecture, usableBytes = Number.POSITIVE_INFINITY } = scenario;
  const withoutLogits = workings.peakFunction(withChunks(scenario, ONE_TOKEN), machine)(batch);
  const free = usableBytes - FRAMEWORK.contextGib * GIB - withoutLogits;
  const tokens = batch.micro_batch_size * batch.sequence_length;
  return withChunks(scenario, unslothChunks(tokens, architecture.vocab_size, free));
};
