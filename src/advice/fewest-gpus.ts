import { once } from "#calc/base/once.ts";
import type { Bytes } from "#calc/base/quantity.ts";
import { fitOnCard } from "#calc/card/fit-on-card.ts";
import type { Taken } from "#calc/card/taken.ts";
import { withOnCard } from "#calc/card/with-on-card.ts";
import { estimated } from "#calc/model/estimated.ts";
import type { CardFit, MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/card-traits.ts";
import { takenOf } from "#scenario/choices/taken-of.ts";

/** One machine has up to eight; beyond that machines are added whole. */
const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 16, 24, 32, 48, 64, 96, 128] as const;

/** How many cards it takes, what each holds then, and how it fits. */
export type FewestGpus = Readonly<{ gpus: number; estimate: MemoryEstimate; card: CardFit }>;

/** A scenario on so many cards: what each takes, found out as far as it is asked, and the whole estimate. */
type OnCount = Readonly<{ taken: Taken; estimate: () => MemoryEstimate }>;
type OnCounts = (gpus: number) => OnCount;

/** A scenario on 1, 2, 3 ... cards of a kind, each looked at when it is asked for and once. */
export const onCounts = (scenario: Scenario, traits: CardTraits): OnCounts => {
  const known = new Map<number, OnCount>();
  const look = (gpus: number): OnCount => {
    const estimate = estimated(ENGINE.estimate({ ...scenario, gpus }));
    const taken = takenOf({ ...scenario, gpus }, estimate.peakBytes, traits);
    return { taken, estimate: once(() => withOnCard(estimate, taken.onCard(), gpus)) };
  };
  return (gpus) => {
    const on = known.get(gpus) ?? look(gpus);
    known.set(gpus, on);
    return on;
  };
};

/**
 * The fewest cards of so much memory that a scenario goes on, tightly or better, sharded as it says. Null when 128 are too few: what every rank
 * holds whole (a unit of the model, activations, logits) does not fit.
 *
 * @param onCount of `onCounts`, so that several cards share one walk
 * @param availableBytes usable memory of one card less what is already used on it
 * @param ranks how many cards share one model or its experts (`ranksTogether`): only multiples are asked
 */
export const fewestGpus = (onCount: OnCounts, availableBytes: Bytes, ranks = 1): FewestGpus | null => {
  for (const gpus of COUNTS.filter((count) => count % ranks === 0)) {
    const on = onCount(gpus);
    if (!on.taken.goesWith(availableBytes)) continue;
    const estimate = on.estimate();
    return { gpus, estimate, card: fitOnCard(estimate, availableBytes) };
  }
  return null;
};
