import { formatCount } from "#format/count.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import type { InverseId } from "./inverse-id.ts";
import { SEQUENCE_STEP } from "./knobs/training.ts";
import type { Largest } from "./largest-within.ts";

/** Rows that a micro batch can grow to: where updates accumulate, to a divisor of their rows, so that these stay what they are. */
export const rowsOf = (most: number, { batch, accum }: Choices): number => {
  const rows = batch * accum;
  if (most >= rows) return most;
  for (let size = most; size > batch; size--) if (rows % size === 0) return size;
  return batch;
};

/** What can still grow, a phrase each: "a micro batch of 4", "6,272 tokens", "rank 78". @param found the largest that fits, of what may grow */
export const roomWords = (
  choices: Choices,
  { maxBatch, maxSequence, maxRank }: Readonly<Partial<Record<InverseId, Largest>>>,
): readonly string[] => {
  const rows = rowsOf(maxBatch?.value ?? 0, choices);
  const tokens = maxSequence?.value ?? 0;
  const rank = maxRank?.value ?? 0;
  return [
    ...(rows > choices.batch ? [`a micro batch of ${formatCount(rows)}`] : []),
    ...(tokens >= choices.seq + SEQUENCE_STEP ? [`${formatCount(tokens)} tokens`] : []),
    ...(rank > choices.r ? [`rank ${formatCount(rank)}`] : []),
  ];
};
