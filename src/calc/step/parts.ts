import { type Amount, NOTHING } from "#calc/base/formula/amount.ts";
import type { MomentId } from "#calc/model/memory-estimate.ts";
import { type AllocatedTermId, ALLOCATED_TERM_IDS, perTerm } from "#calc/model/term.ts";

/** What is alive at one point of the step. */
export type Parts = Readonly<Record<AllocatedTermId, Amount>>;

export const NO_PARTS: Parts = perTerm(() => NOTHING);

/** All parts together, in bytes. */
export const totalOf = (parts: Parts): number => {
  let total = 0;
  for (const id of ALLOCATED_TERM_IDS) total += parts[id].bytes;
  return total;
};

/** One moment: what is alive at its end, and at its highest point. */
export type StepMoment = Readonly<{ id: MomentId; live: Parts; peak: Parts }>;
