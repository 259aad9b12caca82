import type { Candidate, OomSubject } from "./candidates/candidate.ts";
import { closestWords, likeliestWords, noneTitle } from "./closest-words.ts";
import { peakComponent, highestWords } from "./highest-words.ts";
import type { OomMessage } from "./read-oom.ts";
import { besideWords, isSure, printedBytes, productWords, rowsWords, whenWords } from "./product-words.ts";
import type { ExplainedOom } from "./explain-oom.ts";

/** Why nothing is named, what of that moment is closest, and what the scenario has at its highest. */
const noneWords = (message: OomMessage, subject: OomSubject, closest: Candidate | null): readonly string[] => {
  const likeliest = likeliestWords(message);
  const nearest = closestWords(closest, message);
  return [
    message.request.isVague ? likeliest : `${noneTitle(message)} ${nearest === null ? "" : `${nearest} `}${likeliest}`,
    highestWords(peakComponent(subject)),
  ];
};

/** Others of the same size that are named. */
const MOST_OTHERS = 3;

const candidateWords = (candidate: Candidate, message: OomMessage, subject: OomSubject): readonly string[] => {
  const { name, onTape, why, change } = candidate;
  const lead = isSure(candidate, { message, subject }) ? "That is most likely" : "By its size that may be";
  const made = onTape === undefined || onTape.module === "" ? "" : ` (${onTape.op} of ${onTape.module})`;
  return [
    `${lead} ${name}${made}: ${productWords(candidate)}.${rowsWords(candidate, subject)}`,
    `Why: ${why}`,
    `What to change: ${change}`,
  ];
};

const othersWords = (others: readonly Candidate[]): readonly string[] =>
  others.length === 0
    ? []
    : ["Of the same size, and less likely:", ...others.map((each) => `  ${each.name}: ${productWords(each)}`)];

/** What is said of an out-of-memory message: which tensor it was, why it is there, what to change; or that nothing of the scenario has its size. */
export const oomWords = (
  message: OomMessage,
  subject: OomSubject,
  { candidates: [first, ...others], closest }: ExplainedOom,
): readonly string[] => {
  const { figures, allocated } = message;
  const had = allocated === null ? "" : ` while tensors had ${printedBytes(allocated)}`;
  const asked = `PyTorch asked for ${printedBytes(figures.tried)}${had}. ${whenWords(message)}`;
  const found = first === undefined ? noneWords(message, subject, closest) : candidateWords(first, message, subject);
  return [asked, ...found, ...besideWords(figures), ...othersWords(others.slice(0, MOST_OTHERS))];
};
