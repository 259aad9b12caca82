import { PHASE_WORDS, PLACE_WORDS } from "./moment-words.ts";
import type { OomMessage } from "./read-oom.ts";

/** When it was, by the traceback: "It was in a training step, in the loss."; or that nothing says so. */
export const whenWords = ({ moment: { phase, place }, functions }: OomMessage): string => {
  if (phase === null && place === null)
    return functions.length === 0
      ? "The text has no traceback, so the size alone decides; paste all of it for more."
      : "Its traceback names no function that says when it was.";
  const words = [phase === null ? "" : PHASE_WORDS[phase], place === null ? "" : PLACE_WORDS[place]];
  return `It was ${words.filter((each) => each !== "").join(", ")}.`;
};
