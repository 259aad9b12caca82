import { fitOnCard, onCardByRule } from "#calc/card/fit.ts";
import type { Bytes } from "#calc/base/bytes.ts";
import type { CardFit, Fit, MemoryEstimate, OnCard, RunFit } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { RunMoment, RunMomentId } from "#calc/model/whole-run.ts";
import { runMomentWords } from "#format/phrases.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { wholeRun } from "#calc/whole-run.ts";
import { atMoment, otherRule } from "./other-rule.ts";
import { askedRun, isWorse } from "./asked-run.ts";
import type { Choices } from "#scenario/keys/choices.ts";

type HeldMoment = RunMoment & Pick<OnCard, "onCardBytes" | "comfortableBytes"> & Readonly<{ headroomBytes: Bytes }>;

/** A moment of a run that this library's own code decides, held against the card. */
type OwnMoment = HeldMoment & Readonly<{ fit: RunFit; otherRule: null }>;

/** A moment of a run, held against the card. `otherRule`: why its figure is another library's, which decides nothing. */
export type RunMomentAnswer = OwnMoment | (HeldMoment & Readonly<{ fit: "not-known"; otherRule: string }>);

/** A whole run on a card: the training step and the moments that were asked for. */
export type RunAnswer = Readonly<{
  /** Of the moment that allocates most. */
  peakBytes: Bytes;
  peakMoment: RunMomentId;
  moments: readonly RunMomentAnswer[];
  /** Of the moments whose figures are this library's own the one with the worst outcome, of as bad ones that with the least left on the card; the step where another is no worse. */
  worst: OwnMoment;
  /** The worst moment in words, inside a sentence; absent where it is the step. */
  worstOutside?: string;
  /** The method as an estimate of that moment, term by term. */
  worstEstimate?: MemoryEstimate;
  /** How the worst moment goes; `cannot-run` where the step cannot. */
  fit: Fit;
  headroomBytes: Bytes;
}>;

/** What a run is of: the answer to its step, with what the card has for it. */
type AskedOf = Readonly<{ scenario: Scenario; estimate: MemoryEstimate; card: CardFit }>;

/**
 * The whole run of a method on a card; null where no moment outside the step is asked for. The step is on the card as its own answer says, by the replay of the
 * allocator where that has one. Each other moment goes by the rule of `onCardByRule`, with its own peak: nobody replays what it asks the allocator for.
 *
 * @param availableBytes usable memory of the card less what is used on it
 */
export const runAnswer = (
  choices: Choices,
  { scenario, estimate, card }: AskedOf,
  availableBytes: Bytes,
): RunAnswer | null => {
  const asked = askedRun(choices, scenario);
  if (asked === null) return null;
  const { peakBytes, peakMoment, moments } = wholeRun(ENGINE, { scenario, step: estimate, asked });
  const held = moments.map((moment): RunMomentAnswer => {
    const { onCardBytes, comfortableBytes } =
      moment.id === "step" ? estimate : onCardByRule(moment.peakBytes, scenario.gpus);
    const { fit, headroomBytes } = fitOnCard({ onCardBytes, comfortableBytes }, availableBytes);
    const other = otherRule(moment.id, { choices, scenario });
    const all = { ...moment, onCardBytes, comfortableBytes, headroomBytes };
    return other === null ? { ...all, fit, otherRule: null } : { ...all, fit: "not-known", otherRule: other };
  });
  const own = held.filter((moment) => moment.otherRule === null);
  const step = own.find(({ id }) => id === "step") ?? own[0];
  if (step === undefined) return null;
  const worst = own.reduce((best, each) => (isWorse(each, best) ? each : best), step);
  const fit = card.cannotRun === null ? worst.fit : card.fit;
  return {
    peakBytes,
    peakMoment,
    moments: held,
    worst,
    ...(worst.id !== "step" &&
      card.cannotRun === null && {
        worstOutside: runMomentWords(worst.id),
        worstEstimate: atMoment({ scenario, estimate }, worst),
      }),
    fit,
    headroomBytes: worst.headroomBytes,
  };
};

/**
 * How a method goes on a card of another size, of the kind that it was answered for: as its worst moment does.
 *
 * @param availableBytes usable memory of the card less what is used on it
 */
export const wholeFitOn = (
  { estimate, run }: Readonly<{ estimate: MemoryEstimate; run?: RunAnswer }>,
  availableBytes: Bytes,
): CardFit => {
  const outside = (run?.moments ?? []).filter(({ id, otherRule: other }) => id !== "step" && other === null);
  return [estimate, ...outside]
    .map((taken) => fitOnCard(taken, availableBytes))
    .reduce((worst, each) => (isWorse(each, worst) ? each : worst));
};
