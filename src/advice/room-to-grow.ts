import { formatCount } from "#format/numbers.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type InverseId, inverse } from "./largest-setting.ts";
import { SEQUENCE_STEP } from "./knobs/training.ts";
import type { Largest } from "./largest-fitting.ts";
import type { Catalog } from "#catalog/popular-catalog.ts";
import { availableBytes, type Trial } from "./trial.ts";

/** Rows that a micro batch can grow to: where updates accumulate, to a divisor of their rows, so that these stay what they are. */
export const rowsOf = (most: number, { batch, accum }: Choices): number => {
  const rows = batch * accum;
  if (most >= rows) return most;
  for (let size = most; size > batch; size--) if (rows % size === 0) return size;
  return batch;
};

type Words = (count: string) => string;

/** A phrase for a number that can grow to so much at least; none where nothing is known of it. */
const grown = (most: number | null | undefined, least: number, words: Words): readonly string[] =>
  typeof most === "number" && most >= least ? [words(formatCount(most))] : [];

/** What can still grow, a phrase each: "a micro batch of 4", "6,272 tokens", "rank 78". @param found the largest that fits, of what may grow */
export const roomWords = (
  choices: Choices,
  { maxBatch, maxSequence, maxRank }: Readonly<Partial<Record<InverseId, Largest>>>,
): readonly string[] => {
  const batch = maxBatch?.value;
  const rows = typeof batch === "number" ? rowsOf(batch, choices) : null;
  return [
    ...grown(rows, choices.batch + 1, (count) => `a micro batch of ${count}`),
    ...grown(maxSequence?.value, choices.seq + SEQUENCE_STEP, (count) => `${count} tokens`),
    ...grown(maxRank?.value, choices.r + 1, (count) => `rank ${count}`),
  ];
};

/** The largest batch, and the greatest length, with which a scenario fits its card. */
export type RoomToGrow = Readonly<Record<Extract<InverseId, "maxBatch" | "maxSequence">, Largest>>;

/** @yields after each run of the engine */
export function* roomToGrow(start: Trial, catalog: Catalog): Generator<void, RoomToGrow> {
  const card = { availableBytes: availableBytes(start.choices, catalog), catalog };
  const maxBatch = yield* inverse("maxBatch", start, card);
  return { maxBatch, maxSequence: yield* inverse("maxSequence", start, card) };
}
