// Engine result for changed choices, whole run included, and a runner for searches of many trials.

import { once } from "#calc/base/caches.ts";
import { estimated, type OnCard, type RunFit, type CardFit, type Fit } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { RunMoment, RunMomentId, WholeRun } from "#calc/model/whole-run.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { wholeRun } from "#calc/whole-run.ts";
import { requestedRun, isWorseFit } from "#scenario/choices/run-settings.ts";
import { otherRule } from "#scenario/choices/run-answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type Bytes, bytes } from "#calc/base/bytes.ts";
import { fitOnCard, withCannotRun } from "#calc/card/fit.ts";
import { type CardUse, cardUseByRule } from "#calc/card/card-use.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { answerGpu } from "#scenario/choices/chosen-gpu.ts";
import { availableCardBytes, vllmReservedBytes, cardMemoryOf } from "#scenario/choices/gpu-memory.ts";
import { type Lack, missingFeatures } from "#scenario/choices/cannot-run.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-model.ts";
import { methodScenario } from "#scenario/choices/method-scenario.ts";
import { settle } from "#scenario/choices/settle.ts";

/** A run without the moments that are known only as another library runs them, which are `unknown`. */
type KnownRun = WholeRun & Readonly<{ unknown: readonly RunMomentId[] }>;

/** The run that is asked for: made when somebody first asks, and once. null where no moment outside the training step is asked for. */
type AskedWholeRun = (() => KnownRun) | null;

/** The whole run that choices ask for, of the scenario that they come to: the moments whose figures are this library's own, since others decide nothing. */
export const knownRunOf = (choices: Choices, scenario: Scenario): AskedWholeRun => {
  const asked = requestedRun(choices, scenario);
  if (asked === null) return null;
  return once(() => {
    const run = wholeRun(ENGINE, { scenario, step: estimated(ENGINE.estimate(scenario)), asked });
    const isOwn = ({ id }: RunMoment): boolean => otherRule(id, { choices, scenario }) === null;
    const unknown = run.moments.filter((moment) => !isOwn(moment)).map(({ id }) => id);
    return { ...run, moments: run.moments.filter(isOwn), unknown };
  });
};

/** The moment outside the training step that allocates most; null where there is none. */
const highestOutside = ({ moments }: WholeRun): RunMoment | null =>
  moments
    .filter(({ id }) => id !== "step")
    .reduce<RunMoment | null>((best, each) => (best === null || each.peakBytes > best.peakBytes ? each : best), null);

const worse = (one: RunFit, other: RunFit): RunFit => (isWorseFit(one, other) ? one : other);

/**
 * What a method takes of a card with the moments that its choices ask for outside the training step: the step and the highest of them, each has to fit. The
 * step's alone where none is asked for. As `runAnswer` has it. The run is asked where the step's peak does not say alone that it is too much, and before the
 * step's allocator is replayed. Whether the step goes with what the highest of them takes is asked in place of what it takes: that is a search.
 *
 * @param ofStep what the training step takes
 */
export const cardUseWithRun = (run: AskedWholeRun, gpus: number, ofStep: CardUse): CardUse => {
  if (run === null) return ofStep;
  const ofRun = once((): CardUse => {
    const highest = highestOutside(run());
    return highest === null ? ofStep : cardUseByRule(highest.peakBytes, gpus);
  });
  const onCard = (availableBytes?: Bytes): OnCard => {
    const outside = ofRun().onCard(availableBytes);
    return ofStep.goesWith(outside.onCardBytes) ? outside : ofStep.onCard(availableBytes);
  };
  return {
    get leastBytes() {
      return bytes(Math.max(ofStep.leastBytes, ofRun().leastBytes));
    },
    goesWith: (availableBytes) =>
      ofStep.leastBytes <= availableBytes && ofRun().goesWith(availableBytes) && ofStep.goesWith(availableBytes),
    fitWith: (availableBytes) => {
      if (ofStep.leastBytes > availableBytes) return "over";
      return worse(ofRun().fitWith(availableBytes), ofStep.fitWith(availableBytes));
    },
    cardWith: (availableBytes) => {
      const [step, outside] = [ofStep.fitWith(availableBytes), ofRun().fitWith(availableBytes)];
      // Step and moments have limits of their own: the one with more bytes may fit where the other may not.
      if (step !== outside) return (isWorseFit(step, outside) ? ofStep : ofRun()).cardWith(availableBytes);
      return fitOnCard(onCard(), availableBytes);
    },
    onCard,
  };
};

/** What the chosen card has for a run: usable memory less what is not the run's, in bytes. */
export const availableBytes = (choices: Choices, catalog: Catalog): number =>
  availableCardBytes(choices, answerGpu(choices.gpu, catalog).usableBytes);

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
export const evaluateTrial = (asked: Choices, catalog: Catalog): Trial => {
  const choices = settle(asked);
  const architecture = chosenArchitecture(choices, catalog);
  const { traits, usableBytes } = answerGpu(choices.gpu, catalog);
  const available = bytes(availableBytes(choices, catalog));
  const scenario = methodScenario(choices, catalog)(choices.method);
  const run = knownRunOf(choices, scenario);
  const peak = once(() => peakOf(scenario));
  const ofStep = once(() => cardMemoryOf(scenario, peak(), traits));
  const taken = once(() => cardUseWithRun(run, scenario.gpus, ofStep()));
  const lacks = missingFeatures(choices, choices.method, { card: traits, architecture });
  const cannotRun = lacks[0]?.lacks ?? null;
  const onCard = once(() => taken().onCard());
  const worstOutside = once(() => worstOf(run, ofStep(), scenario.gpus));
  const trains = once(() => cannotRun === null && ofStep().goesWith(available));
  const isWayOut = once(() => cannotRun === null && taken().goesWith(available));
  const fit = once(() => (cannotRun === null ? taken().fitWith(available) : "cannot-run"));
  const card = once(() => withCannotRun(taken().cardWith(available), cannotRun));
  return {
    choices,
    scenario,
    run,
    reservedBytes: vllmReservedBytes(choices, usableBytes),
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

/** Runs work that is made of slices to its end, at once. */
export const runToEnd = <Value>(work: Generator<void, Value>): Value => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
};

/** What each moment of a run allocates at its highest, the most first: of the training step alone, one figure. */
const peaksOf = ({ peakBytes, run }: Trial): readonly number[] =>
  run === null
    ? [peakBytes]
    : run()
        .moments.map((moment) => moment.peakBytes)
        .toSorted((one, other) => other - one);

/** By how much less one takes, in the highest moment in which they differ: what does not touch the worst moment may be needed once that is smaller. */
const differenceOf = (one: Trial, other: Trial): number => {
  const [ones, others] = [peaksOf(one), peaksOf(other)];
  for (const [index, peak] of ones.entries()) {
    const difference = peak - (others[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return ones.length - others.length;
};

/** Whether a run, and what stands beside it, takes less than another. The same peaks take less or more by what is set of the allocator alone. */
export const takesLess = (one: Trial, other: Trial): boolean => {
  const difference = differenceOf(one, other) + one.reservedBytes - other.reservedBytes;
  if (difference !== 0) return difference < 0;
  return one.choices.alloc !== other.choices.alloc && one.onCardBytes < other.onCardBytes;
};
