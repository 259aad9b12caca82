import { type Amount, NOTHING } from "#calc/base/formula/amount.ts";
import type { MomentId } from "#calc/model/memory-estimate.ts";
import { type Component, COMPONENTS, perComponent } from "#calc/model/component.ts";

/** What is alive at one point of the step. */
export type Parts = Readonly<Record<Component, Amount>>;

export const NO_PARTS: Parts = perComponent(() => NOTHING);

/** All parts together, in bytes. */
export const totalOf = (parts: Parts): number => {
  let total = 0;
  for (const id of COMPONENTS) total += parts[id].bytes;
  return total;
};

/** One moment: what is alive at its end, and at its highest point. */
export type StepMoment = Readonly<{ id: MomentId; live: Parts; peak: Parts }>;
