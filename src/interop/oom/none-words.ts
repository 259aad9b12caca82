import type { Candidate, OomSubject } from "./candidates/candidate.ts";
import { closestWords } from "./closest-words.ts";
import { highestOf } from "./highest-of.ts";
import { highestWords } from "./highest-words.ts";
import { likeliestWords } from "./likeliest-words.ts";
import type { OomMessage } from "./read-oom.ts";
import { momentWords } from "./when-words.ts";

/** "No tensor of this scenario has 3.91 GiB in the optimizer’s step." */
export const noneTitle = ({ moment, shown: { request } }: Pick<OomMessage, "moment" | "shown">): string => {
  const when = momentWords(moment);
  return `No tensor of this scenario has ${request}${when === null ? "" : ` ${when}`}.`;
};

/** Why nothing is named, what of that moment is closest, and what the scenario has at its highest. */
export const noneWords = (message: OomMessage, subject: OomSubject, closest: Candidate | null): readonly string[] => {
  const likeliest = likeliestWords(message);
  const nearest = closestWords(closest, message);
  return [
    message.request.isVague ? likeliest : `${noneTitle(message)} ${nearest === null ? "" : `${nearest} `}${likeliest}`,
    highestWords(highestOf(subject)),
  ];
};
