// Division of a model over GPUs (tensor, sequence, pipeline, experts), and how many ranks each division takes.

import type { Division, Scenario } from "./scenario.ts";

/**
 * What is asked of GPUs that divide one model: how many divide its matrices (and hidden states with `sp`), its sequence (in a ring, or by sharing out
 * heads), its layers, its experts.
 */
export type AskedDivision = Readonly<{
  gpus: number;
  tp: number;
  sp: boolean;
  cp: number;
  ulysses: number;
  pp: number;
  ep: number;
  /** The loss that was chosen, if any, and whether it, or the library's own, takes logits that stay divided. */
  loss: string | null;
  dividesLoss: boolean;
  /** Micro batches of a step. */
  accum: number;
  attn: Scenario["attn_implementation"] | null;
}>;

/** Something asked for that does not go with the rest, and what is used in its place. */
export type RefusedDivision = Readonly<{ key: string; value: string; used: string; why: string }>;

/** How GPUs divide a model, as far as it can be divided so, and what was refused. */
export type CheckedDivision = Readonly<{ division?: Division | undefined; refused: readonly RefusedDivision[] }>;

/** A run that trains adapters, as far as it decides which. */
export type AskedAdapters = Pick<Scenario, "architecture" | "method" | "modelling">;

/** Ranks that have a share of each sequence: in a ring, or by heads. */
export const sequenceRanks = ({ cp_size, ulysses_size = 1 }: Division): number => cp_size * ulysses_size;

/** GPUs that have one model among them: tensor × context (or Ulysses) × pipeline; 1 where each has all of it. */
export const ranksPerModel = (division: Scenario["division"]): number =>
  division === undefined ? 1 : division.tp_size * sequenceRanks(division) * division.pp_size;

/**
 * How many GPUs a model takes at least, as it is divided, and of which their number is a multiple: ranks that have one model among them, or one layer's
 * experts. Experts are shared out over a multiple of `tp_size`, and beside no other division. @see calc/parallel/division-checks.ts
 */
export const minimumRanks = (division: Scenario["division"]): number =>
  Math.max(ranksPerModel(division), division?.ep_size ?? 1);

/** Ranks that have the same experts of a layer, and shard them, of `gpus` that have the same part of all else. @see transformers 5.24, distributed/configuration_utils.py, `efsdp_size` */
export const ranksOfExperts = ({ gpus, division }: Pick<Scenario, "gpus" | "division">): number =>
  division?.ep_size === undefined ? gpus : (gpus * division.tp_size) / division.ep_size;

/** One GPU shares with nobody: every strategy is none. */
export const needsNoStrategy = ({ gpus, sharding, offload, division }: Scenario): boolean =>
  (gpus === 1 || sharding === "none") && offload === "none" && division === undefined;
