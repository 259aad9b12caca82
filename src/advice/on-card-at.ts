import { ENGINE } from "#calc/whole-engine.ts";
import { onCardByRule } from "#calc/card/on-card.ts";
import type { Scenario } from "#calc/model/scenario.ts";

/** What a scenario must have on the card, as a function of batch or of length, the other as it is. In bytes. */
export type OnCardAt = Readonly<{
  batch: (micro_batch_size: number) => number;
  seq: (sequence_length: number) => number;
}>;

/** The two functions of a scenario; see `calc/card/on-card.ts` for what is on the card beside PyTorch's peak. */
export const onCardAt = (scenario: Scenario): OnCardAt => {
  const peakAt = ENGINE.peakFunction(scenario);
  const { micro_batch_size, sequence_length, gpus } = scenario;
  return {
    batch: (rows) => onCardByRule(peakAt({ micro_batch_size: rows, sequence_length }), gpus).onCardBytes,
    seq: (tokens) => onCardByRule(peakAt({ micro_batch_size, sequence_length: tokens }), gpus).onCardBytes,
  };
};
