import { runMomentWords } from "#format/run-moment-words.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import { bytes } from "#calc/base/quantity.ts";
import type { RunAnswer } from "#scenario/choices/run-answer.ts";
import type { VerdictMethod } from "./verdict.ts";

type Estimate = VerdictMethod["estimate"];

/** An estimate that takes of a card what the moment of its run that needs most does, and fits where all of them do. */
const ofWhole = (estimate: Estimate, run: RunAnswer | undefined): Estimate => {
  const most = (of: "onCardBytes" | "comfortableBytes") =>
    bytes(Math.max(estimate[of], ...(run?.moments ?? []).map((moment) => moment[of])));
  return { ...estimate, onCardBytes: most("onCardBytes"), comfortableBytes: most("comfortableBytes") };
};

/**
 * A method as the verdict is about it where a run asks more of the card than its training step: what the worst moment takes, and which that is. Where the step
 * is the worst, only what another card has to hold differs. The same where it cannot run.
 *
 * @param one the method as it is without a run
 * @param answers what the engine says of it on the chosen card, and on those that may be named
 * @param batch of the evaluation
 */
export const verdictOfRun = (
  one: VerdictMethod,
  { here, elsewhere }: Readonly<{ here: MethodAnswer; elsewhere: MethodAnswer | undefined }>,
  batch: number,
): VerdictMethod => {
  const { run } = here;
  if (run === undefined || here.card.cannotRun !== null) return one;
  const whole = { ...one, elsewhere: ofWhole(one.elsewhere ?? one.estimate, elsewhere?.run ?? run) };
  if (run.worst.id === "step") return whole;
  return {
    ...whole,
    estimate: ofWhole(one.estimate, run),
    card: { fit: run.fit, headroomBytes: run.headroomBytes, cannotRun: null },
    several: null,
    atMoment: { words: runMomentWords(run.worst.id, batch), step: here.card.fit },
  };
};
