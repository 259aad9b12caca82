import { fitOnCard } from "#calc/card/fit-on-card.ts";
import { isWayOut } from "#calc/card/is-way-out.ts";
import type { CardFit, MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Bytes } from "#calc/base/quantity.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { CardTraits } from "#catalog/card-traits.ts";
import { estimateOn } from "#scenario/choices/estimate-on.ts";

/** One machine has up to eight; beyond that machines are added whole. */
const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 16, 24, 32, 48, 64, 96, 128] as const;

/** How many cards it takes, what each holds then, and how it fits. */
export type FewestGpus = Readonly<{ gpus: number; estimate: MemoryEstimate; card: CardFit }>;

/** The estimates of a scenario on 1, 2, 3 ... cards of a kind, each made when it is asked for and once. */
export const onCounts = (scenario: Scenario, traits: CardTraits): ((gpus: number) => MemoryEstimate) => {
  const known = new Map<number, MemoryEstimate>();
  return (gpus) => {
    const estimate = known.get(gpus) ?? estimateOn({ ...scenario, gpus }, traits);
    known.set(gpus, estimate);
    return estimate;
  };
};

/**
 * The fewest cards of so much memory that a scenario goes on, tightly or better, sharded as it says. Null when 128 are too few: what every rank
 * holds whole (a unit of the model, activations, logits) does not fit.
 *
 * @param estimateOn of `onCounts`, so that several cards share one walk
 * @param availableBytes usable memory of one card less what is already used on it
 * @param ranks how many cards have one model among them: only multiples are asked
 */
export const fewestGpus = (
  estimateOn: (gpus: number) => MemoryEstimate,
  availableBytes: Bytes,
  ranks = 1,
): FewestGpus | null => {
  for (const gpus of COUNTS.filter((count) => count % ranks === 0)) {
    const estimate = estimateOn(gpus);
    const card = fitOnCard(estimate, availableBytes);
    if (isWayOut(card)) return { gpus, estimate, card };
  }
  return null;
};
