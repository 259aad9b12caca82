import { runMomentWords } from "#format/run-moment-words.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import type { RunMomentAnswer } from "#scenario/choices/run-answer.ts";
import type { VerdictMethod } from "./verdict.ts";

type Estimate = VerdictMethod["estimate"];

/** An estimate that takes of a card what the worst moment of its run does. */
const atWorst = (estimate: Estimate, worst: RunMomentAnswer | undefined): Estimate =>
  worst === undefined || worst.onCardBytes <= estimate.onCardBytes
    ? estimate
    : { ...estimate, onCardBytes: worst.onCardBytes, comfortableBytes: worst.comfortableBytes };

/**
 * A method as the verdict is about it where a run asks more of the card than its training step: what the worst moment takes, and which that is. The same where
 * the step is the worst, and where it cannot run.
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
  if (run === undefined || run.worst.id === "step" || here.card.cannotRun !== null) return one;
  return {
    ...one,
    estimate: atWorst(one.estimate, run.worst),
    elsewhere: atWorst(one.elsewhere ?? one.estimate, elsewhere?.run?.worst ?? run.worst),
    card: { fit: run.fit, headroomBytes: run.headroomBytes, cannotRun: null },
    several: null,
    atMoment: { words: runMomentWords(run.worst.id, batch), trains: here.card.fit !== "over" },
  };
};
