import type { Taken } from "#calc/card/taken.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/card-traits.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { takenOf } from "#scenario/choices/taken-of.ts";
import { runOf } from "./run-of.ts";
import { takenWithRun } from "./taken-with-run.ts";

/** What a scenario takes on a card, as a function of batch or of length, the other as it is. */
export type TakenAt = Readonly<{
  batch: (micro_batch_size: number) => Taken;
  seq: (sequence_length: number) => Taken;
}>;

/** The two functions of a scenario on cards of a kind, with the moments outside the step that its choices ask for. */
export const takenAt = (
  { choices, scenario }: Readonly<{ choices: Choices; scenario: Scenario }>,
  traits: CardTraits,
): TakenAt => {
  const peakAt = ENGINE.peakFunction(scenario);
  const at = (patch: Partial<Pick<Choices, "batch" | "seq">>): Taken => {
    const { batch, seq } = { ...choices, ...patch };
    const shaped = { ...scenario, micro_batch_size: batch, sequence_length: seq };
    const run = runOf({ ...choices, ...patch }, shaped);
    return takenWithRun(run, shaped.gpus, takenOf(shaped, peakAt(shaped), traits));
  };
  return { batch: (batch) => at({ batch }), seq: (seq) => at({ seq }) };
};
