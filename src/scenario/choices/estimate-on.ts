import type { Bytes } from "#calc/base/quantity.ts";
import { withOnCard } from "#calc/card/with-on-card.ts";
import { estimated } from "#calc/model/estimated.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/card-traits.ts";
import { takenOf } from "./taken-of.ts";

/**
 * What a scenario takes on a card of a kind.
 *
 * @param availableBytes of the card on which it is seen; absent: of one with room to spare
 */
export const estimateOn = (scenario: Scenario, traits: CardTraits, availableBytes?: Bytes): MemoryEstimate => {
  const estimate = estimated(ENGINE.estimate(scenario));
  const taken = takenOf(scenario, estimate.peakBytes, traits);
  return withOnCard(estimate, taken.onCard(availableBytes), scenario.gpus);
};
