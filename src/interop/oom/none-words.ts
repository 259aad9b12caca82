import type { Candidate, OomSubject } from "./candidates/candidate.ts";
import { closestWords } from "./closest-words.ts";
import { highestOf } from "./highest-of.ts";
import { highestWords } from "./highest-words.ts";
import { likeliestWords } from "./likeliest-words.ts";
import { noneTitle } from "./none-title.ts";
import type { OomMessage } from "./read-oom.ts";

/** Why nothing is named, what of that moment is closest, and what the scenario has at its highest. */
export const noneWords = (message: OomMessage, subject: OomSubject, closest: Candidate | null): readonly string[] => {
  const likeliest = likeliestWords(message);
  const nearest = closestWords(closest, message);
  return [
    message.request.isVague ? likeliest : `${noneTitle(message)} ${nearest === null ? "" : `${nearest} `}${likeliest}`,
    highestWords(highestOf(subject)),
  ];
};
