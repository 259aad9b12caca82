import { fitOnCard } from "#calc/card/fit-on-card.ts";
import type { CardFit } from "#calc/memory-estimate.ts";
import { bytes, GIB } from "#calc/quantity.ts";
import type { MethodId } from "#calc/scenario.ts";
import type { Answer } from "#scenario/answer.ts";
import { RANGES } from "#scenario/ranges.ts";
import { type Largest, largestWithin } from "./largest-within.ts";
import type { MatrixCard } from "./matrix-cards.ts";
import { onCardAt } from "./on-card-at.ts";

/** One method on one card: spare or missing bytes, and how far batch and length could go, each with the other as it is. */
export type MatrixCell = CardFit & Readonly<{ maxBatch: Largest; maxSequence: Largest }>;

export type MatrixRow = Readonly<{ method: MethodId; cells: readonly MatrixCell[] }>;

/**
 * Which method fits on which card, with the largest micro batch and the longest sequence that fit or are tight. A row a method of the answer, a
 * cell a card. Numbers of GPUs and sharding are those of the scenario.
 *
 * @yields after each cell
 */
export function* whatFits(
  { methods, choices }: Answer,
  cards: readonly MatrixCard[],
): Generator<void, readonly MatrixRow[]> {
  const usedBytes = Math.round(choices.used * GIB);
  const rows: MatrixRow[] = [];
  for (const { method, scenario, estimate } of methods) {
    const at = onCardAt(scenario);
    const batches = largestWithin(at.batch, RANGES.batch, choices.batch);
    const lengths = largestWithin(at.seq, RANGES.seq, choices.seq);
    const cells: MatrixCell[] = [];
    for (const { usableBytes } of cards) {
      const available = bytes(usableBytes - usedBytes);
      cells.push({
        ...fitOnCard(estimate, available, choices.gpus),
        maxBatch: batches(available),
        maxSequence: lengths(available),
      });
      yield;
    }
    rows.push({ method, cells });
  }
  return rows;
}
