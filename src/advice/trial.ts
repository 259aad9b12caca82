import type { Catalog } from "#catalog/popular-catalog.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { availableOn, reservedOn, cardMemoryOf } from "#scenario/choices/card-use.ts";
import { estimated, type CardFit, type Fit } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { orCannotRun } from "#calc/card/fit.ts";
import { type CardUse, cardUseByRule } from "#calc/card/card-use.ts";
import { once } from "#calc/base/caches.ts";
import { type Bytes, bytes } from "#calc/base/quantity.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { RunMoment } from "#calc/model/whole-run.ts";
import { type Lack, missingFeatures } from "#scenario/choices/cannot-run.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";
import { methodScenario } from "#scenario/choices/method-scenario.ts";
import { settle } from "#scenario/choices/settle.ts";
import { type AskedWholeRun, highestOutside, knownRunOf, takenWithRun } from "./taken-with-run.ts";

/** What the chosen card has for a run: usable memory less what is not the run's, in bytes. */
export const availableBytes = (choices: Choices, catalog: Catalog): number =>
  availableOn(choices, answerGpu(choices.gpu, catalog).usableBytes);

/** Choices, and what the engine says of their method in focus: in bytes alone, without terms and formulas. */
export type Trial = Readonly<{
  choices: Choices;
  scenario: Scenario;
  /** Of the training step. Found out when it is first asked for, as is all that follows from it. */
  peakBytes: Bytes;
  /** With the moments outside the step that are asked for. */
  taken: CardUse;
  /** The whole run, asked once; null where it is the training step alone. */
  run: AskedWholeRun;
  /** The moment outside the step that takes most of the card; null where the step takes more. */
  worstOutside: RunMoment | null;
  /** Whether the training step goes on the card, whatever comes after it. */
  trains: boolean;
  onCardBytes: Bytes;
  /** Whether it runs on the card, comfortably or tightly: mostly asks for less than `fit`. */
  isWayOut: boolean;
  /** The verdict alone, which mostly asks for less than `card`. */
  fit: Fit;
  card: CardFit;
  /** What vLLM beside the run has declared as its own. */
  reservedBytes: Bytes;
  /** What the card lacks to run it; empty where it runs. */
  lacks: readonly Lack[];
}>;

/** On one GPU every byte is whole, and the function without formulas gives the door's own figure. */
const peakOf = (scenario: Scenario): Bytes =>
  scenario.gpus === 1 ? ENGINE.peakFunction(scenario)(scenario) : estimated(ENGINE.estimate(scenario)).peakBytes;

const worstOf = (run: AskedWholeRun, ofStep: CardUse, gpus: number): RunMoment | null => {
  const highest = run === null ? null : highestOutside(run());
  if (highest === null) return null;
  return ofStep.goesWith(cardUseByRule(highest.peakBytes, gpus).leastBytes) ? highest : null;
};

/** Runs the engine on the method in focus of some choices, as page and terminal would after a reader had made them. */
export const tryOut = (asked: Choices, catalog: Catalog): Trial => {
  const choices = settle(asked);
  const architecture = chosenArchitecture(choices, catalog);
  const { traits, usableBytes } = answerGpu(choices.gpu, catalog);
  const available = bytes(availableBytes(choices, catalog));
  const scenario = methodScenario(choices, catalog)(choices.method);
  const run = knownRunOf(choices, scenario);
  const peak = once(() => peakOf(scenario));
  const ofStep = once(() => cardMemoryOf(scenario, peak(), traits));
  const taken = once(() => takenWithRun(run, scenario.gpus, ofStep()));
  const lacks = missingFeatures(choices, choices.method, { card: traits, architecture });
  const cannotRun = lacks[0]?.lacks ?? null;
  const onCard = once(() => taken().onCard());
  const worstOutside = once(() => worstOf(run, ofStep(), scenario.gpus));
  const trains = once(() => cannotRun === null && ofStep().goesWith(available));
  const isWayOut = once(() => cannotRun === null && taken().goesWith(available));
  const fit = once(() => (cannotRun === null ? taken().fitWith(available) : "cannot-run"));
  const card = once(() => orCannotRun(taken().cardWith(available), cannotRun));
  return {
    choices,
    scenario,
    run,
    reservedBytes: reservedOn(choices, usableBytes),
    lacks,
    get peakBytes() {
      return peak();
    },
    get taken() {
      return taken();
    },
    get worstOutside() {
      return worstOutside();
    },
    get trains() {
      return trains();
    },
    get onCardBytes() {
      return onCard().onCardBytes;
    },
    get isWayOut() {
      return isWayOut();
    },
    get fit() {
      return fit();
    },
    get card() {
      return card();
    },
  };
};
