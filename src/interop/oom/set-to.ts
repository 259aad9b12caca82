import { formatCount } from "#format/count.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { GPUS_WORDS } from "#scenario/words/gpus.ts";
import type { Candidate } from "./candidates/candidate.ts";

/** Choices that have a candidate's rows, which the scenario has not, and what they are in words. */
export type SetTo = Readonly<{ words: string; patch: Partial<Choices> }>;

const rowsOf = (batch: number, length: number): string =>
  `${formatCount(batch)} ${batch === 1 ? "row" : "rows"} of ${formatCount(length)} tokens`;

const divided = ({ gpus, trainsAll }: NonNullable<Candidate["ranks"]>, { shard }: Choices): SetTo => {
  const stage = shard === "zero1" || shard === "zero3" ? shard : "zero2";
  const how = `${GPUS_WORDS.shard.values[stage]} on ${gpus} GPUs`;
  return {
    words: `Set the scenario to ${trainsAll ? `full fine-tuning with ${how}` : how}`,
    patch: { gpus, shard: stage, ...(trainsAll ? { method: "full" } : {}) },
  };
};

type OfRows = Pick<Candidate, "fits" | "places"> & Readonly<{ rows: NonNullable<Candidate["rows"]> }>;

const withRows = ({ rows: { batch, length }, fits, places }: OfRows, choices: Choices): SetTo | null => {
  if (fits === "fixed" || fits === "as-set" || places.includes("concatenate")) return null;
  if (fits !== "evaluation")
    return { words: `Set the scenario to ${rowsOf(batch, length)}`, patch: { batch, seq: length } };
  if (choices.eval === batch && (choices.evalseq ?? choices.seq) === length) return null;
  return {
    words: `Count an evaluation with ${rowsOf(batch, length)}`,
    patch: { eval: batch, evalseq: length === choices.seq ? null : length },
  };
};

/** The change that makes the scenario one with such a tensor; null where it has, and where neither rows nor a number of GPUs do. */
export const setTo = ({ rows, fits, places, ranks }: Candidate, choices: Choices): SetTo | null => {
  if (ranks !== undefined) return divided(ranks, choices);
  return rows === null ? null : withRows({ rows, fits, places }, choices);
};
