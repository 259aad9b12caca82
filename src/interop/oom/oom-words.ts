import { besideWords } from "./beside-words.ts";
import type { Candidate, OomSubject } from "./candidates/candidate.ts";
import type { ExplainedOom } from "./explain-oom.ts";
import { isSure } from "./is-sure.ts";
import { noneWords } from "./none-words.ts";
import { printedBytes } from "./printed-bytes.ts";
import { productWords } from "./product-words.ts";
import type { OomMessage } from "./read-oom.ts";
import { rowsWords } from "./rows-words.ts";
import { whenWords } from "./when-words.ts";

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
