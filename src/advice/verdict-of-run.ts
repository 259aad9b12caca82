import { runMomentWords } from "#format/run-moment-words.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import type { VerdictMethod } from "./verdict.ts";

/**
 * A method as the verdict is about it where a run asks more of the card than its training step: as its worst moment goes, and which that is. The same where the
 * step is the worst, and where it cannot run.
 *
 * @param one the method as its training step goes
 * @param here what the engine says of it on the chosen card
 * @param batch of the evaluation
 */
export const verdictOfRun = (one: VerdictMethod, here: MethodAnswer, batch: number): VerdictMethod => {
  const { run, card } = here;
  if (run === undefined || card.cannotRun !== null || run.worst.id === "step") return one;
  return {
    ...one,
    card: { fit: run.fit, headroomBytes: run.headroomBytes, cannotRun: null },
    atMoment: { words: runMomentWords(run.worst.id, batch), step: card.fit },
  };
};
