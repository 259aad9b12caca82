import { formatCount } from "#format/count.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import type { Candidate } from "./candidates/candidate.ts";

/** Choices that have a candidate's rows, which the scenario has not, and what they are in words. */
export type SetTo = Readonly<{ words: string; patch: Partial<Choices> }>;

const rowsOf = (batch: number, length: number): string =>
  `${formatCount(batch)} ${batch === 1 ? "row" : "rows"} of ${formatCount(length)} tokens`;

/** What makes the scenario one that has such a tensor; null where it has, and where rows alone do not. */
export const setTo = ({ rows, fits, places }: Candidate, choices: Choices): SetTo | null => {
  if (rows === null || fits === "fixed" || fits === "as-set" || places.includes("concatenate")) return null;
  const { batch, length } = rows;
  if (fits !== "evaluation")
    return { words: `Set the scenario to ${rowsOf(batch, length)}`, patch: { batch, seq: length } };
  if (choices.eval === batch && (choices.evalseq ?? choices.seq) === length) return null;
  return {
    words: `Count an evaluation with ${rowsOf(batch, length)}`,
    patch: { eval: batch, evalseq: length === choices.seq ? null : length },
  };
};
