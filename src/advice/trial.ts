import { estimated } from "#calc/model/estimated.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { fitOnCard, orCannotRun } from "#calc/card/fit-on-card.ts";
import { onCardByRule } from "#calc/card/on-card.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import { type Bytes, bytes } from "#calc/base/quantity.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import { answerTargets } from "#scenario/choices/answer-targets.ts";
import { type Lack, lacksOf } from "#scenario/choices/cannot-run.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";
import { inOnePool } from "#calc/card/in-one-pool.ts";
import { settle } from "#scenario/choices/settle.ts";
import { toScenario } from "#scenario/choices/to-scenario.ts";
import { availableBytes } from "./available.ts";

/** Choices, and what the engine says of their method in focus: in bytes alone, without terms and formulas. */
export type Trial = Readonly<{
  choices: Choices;
  scenario: Scenario;
  peakBytes: Bytes;
  onCardBytes: Bytes;
  comfortableBytes: Bytes;
  card: CardFit;
  /** What the card lacks to run it; empty where it runs. */
  lacks: readonly Lack[];
}>;

/** On one GPU every byte is whole, and the function without formulas gives the door's own figure. */
const peakOf = (scenario: Scenario): Bytes =>
  scenario.gpus === 1 ? ENGINE.peakFunction(scenario)(scenario) : estimated(ENGINE.estimate(scenario)).peakBytes;

/** Runs the engine on the method in focus of some choices, as page and terminal would after a reader had made them. */
export const tryOut = (asked: Choices, catalog: Catalog): Trial => {
  const choices = settle(asked);
  const { model, targets, gpus } = choices;
  const architecture = chosenArchitecture(choices, catalog);
  const target_modules = answerTargets(targets, architecture);
  const statedParameters = model.kind === "size" ? model.params : null;
  const { basis, traits } = answerGpu(choices.gpu, catalog);
  const available = bytes(availableBytes(choices, catalog));
  const subject = { architecture, statedParameters, target_modules, card: traits, usableBytes: available };
  const chosen = toScenario(choices, subject, choices.method);
  const scenario = basis.of === "unified" ? inOnePool(chosen) : chosen;
  const peakBytes = peakOf(scenario);
  const { onCardBytes, comfortableBytes } = onCardByRule(peakBytes, gpus);
  const lacks = lacksOf(choices, choices.method, { card: traits, architecture });
  const card = orCannotRun(fitOnCard({ onCardBytes, comfortableBytes }, available), lacks[0]?.lacks ?? null);
  return { choices, scenario, peakBytes, onCardBytes, comfortableBytes, card, lacks };
};
