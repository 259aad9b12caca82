import type { OomSubject } from "./candidates/candidate.ts";
import { highestOf } from "./highest-of.ts";
import { highestWords } from "./highest-words.ts";
import { likeliestWords } from "./likeliest-words.ts";
import type { OomMessage } from "./read-oom.ts";

/** Why nothing is named, and what the scenario has at its highest. */
export const noneWords = (message: OomMessage, subject: OomSubject): readonly string[] => {
  const likeliest = likeliestWords(message);
  return [
    message.request.isVague ? likeliest : `Nothing of this scenario is such a tensor. ${likeliest}`,
    highestWords(highestOf(subject)),
  ];
};
