import { type Amount, NOTHING } from "#calc/formula/amount.ts";
import type { MomentId, TermId } from "#calc/memory-estimate.ts";

/** The parts of what PyTorch allocates. */
export type PartId = Exclude<TermId, "framework">;

/** In stack order. */
export const PART_IDS = [
  "weights",
  "adapters",
  "gradients",
  "optimizer",
  "activations",
  "logits",
  "workspace",
] as const satisfies readonly PartId[];

/** What is alive at one point of the step. */
export type Parts = Readonly<Record<PartId, Amount>>;

export const NO_PARTS: Parts = {
  weights: NOTHING,
  adapters: NOTHING,
  gradients: NOTHING,
  optimizer: NOTHING,
  activations: NOTHING,
  logits: NOTHING,
  workspace: NOTHING,
};

/** All parts together, in bytes. */
export const totalOf = (parts: Parts): number => {
  let total = 0;
  for (const id of PART_IDS) total += parts[id].bytes;
  return total;
};

/** One moment: what is alive at its end, and at its highest point. */
export type StepMoment = Readonly<{ id: MomentId; live: Parts; peak: Parts }>;
