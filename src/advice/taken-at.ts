import type { Taken } from "#calc/card/taken.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/card-traits.ts";
import { takenOf } from "#scenario/choices/taken-of.ts";

/** What a scenario takes on a card, as a function of batch or of length, the other as it is. */
export type TakenAt = Readonly<{
  batch: (micro_batch_size: number) => Taken;
  seq: (sequence_length: number) => Taken;
}>;

/** The two functions of a scenario on cards of a kind. */
export const takenAt = (scenario: Scenario, traits: CardTraits): TakenAt => {
  const peakAt = ENGINE.peakFunction(scenario);
  const at = (shape: Partial<Pick<Scenario, "micro_batch_size" | "sequence_length">>): Taken => {
    const shaped = { ...scenario, ...shape };
    return takenOf(shaped, peakAt(shaped), traits);
  };
  return {
    batch: (micro_batch_size) => at({ micro_batch_size }),
    seq: (sequence_length) => at({ sequence_length }),
  };
};
