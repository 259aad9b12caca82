import { once } from "#calc/base/caches.ts";
import { estimated, type OnCard, type RunFit } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { RunMoment, RunMomentId, WholeRun } from "#calc/model/whole-run.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { wholeRun } from "#calc/whole-run.ts";
import { askedRun, isWorseFit } from "#scenario/choices/asked-run.ts";
import { otherRule } from "#scenario/choices/other-rule.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type Bytes, bytes } from "#calc/base/quantity.ts";
import { fitOnCard } from "#calc/card/fit.ts";
import { type CardUse, cardUseByRule } from "#calc/card/card-use.ts";

/** A run without the moments that are known only as another library runs them, which are `unknown`. */
type KnownRun = WholeRun & Readonly<{ unknown: readonly RunMomentId[] }>;

/** The run that is asked for: made when somebody first asks, and once. null where no moment outside the training step is asked for. */
export type AskedWholeRun = (() => KnownRun) | null;

/** The whole run that choices ask for, of the scenario that they come to: the moments whose figures are this library's own, since others decide nothing. */
export const knownRunOf = (choices: Choices, scenario: Scenario): AskedWholeRun => {
  const asked = askedRun(choices, scenario);
  if (asked === null) return null;
  return once(() => {
    const run = wholeRun(ENGINE, { scenario, step: estimated(ENGINE.estimate(scenario)), asked });
    const isOwn = ({ id }: RunMoment): boolean => otherRule(id, { choices, scenario }) === null;
    const unknown = run.moments.filter((moment) => !isOwn(moment)).map(({ id }) => id);
    return { ...run, moments: run.moments.filter(isOwn), unknown };
  });
};

/** The moment outside the training step that allocates most; null where there is none. */
export const highestOutside = ({ moments }: WholeRun): RunMoment | null =>
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
export const takenWithRun = (run: AskedWholeRun, gpus: number, ofStep: CardUse): CardUse => {
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
