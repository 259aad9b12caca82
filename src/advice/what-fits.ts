import { fitOnCard } from "#calc/card/fit-on-card.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import { bytes, GIB } from "#calc/base/quantity.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { RANGES } from "#scenario/choices/ranges.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { type Largest, largestWithin } from "./largest-within.ts";
import type { MatrixCard } from "./matrix-cards.ts";
import { onCardAt } from "./on-card-at.ts";

/** One method on one card: spare or missing bytes, and how far batch and length could go, each with the other as it is. */
export type MatrixCell = CardFit & Readonly<{ maxBatch: Largest; maxSequence: Largest }>;

export type MatrixRow = Readonly<{ method: MethodId; cells: readonly MatrixCell[] }>;

/** What decides a row's cells on cards of one kind. */
type Way = Readonly<{ estimate: MethodAnswer["estimate"]; batches: Within; lengths: Within }>;

type Within = ReturnType<typeof largestWithin>;

const wayOf = ({ scenario, estimate }: MethodAnswer, { batch, seq }: Choices): Way => {
  const at = onCardAt(scenario);
  return {
    estimate,
    batches: largestWithin(at.batch, RANGES.batch, batch),
    lengths: largestWithin(at.seq, RANGES.seq, seq),
  };
};

/**
 * Which method fits on which card, with the largest micro batch and the longest sequence that fit or are tight. A row a method of the answer, a
 * cell a card. Numbers of GPUs, sharding and offloading are those of the scenario, the last but where host and card have one memory.
 *
 * @yields after each cell
 */
export function* whatFits(
  answer: Answer,
  cards: readonly MatrixCard[],
  catalog: Catalog,
): Generator<void, readonly MatrixRow[]> {
  const { methods, choices, gpu } = answer;
  const usedBytes = Math.round(choices.used * GIB);
  const isUnified = gpu.basis.of === "unified";
  const apart = cards.find(({ unified }) => unified !== isUnified);
  const elsewhere = apart && toAnswer({ ...choices, gpu: apart.gpu }, catalog).methods;
  const rows: MatrixRow[] = [];
  for (const [index, own] of methods.entries()) {
    const here = wayOf(own, choices);
    const there = wayOf(elsewhere?.[index] ?? own, choices);
    const cells: MatrixCell[] = [];
    for (const { usableBytes, unified } of cards) {
      const available = bytes(usableBytes - usedBytes);
      const { estimate, batches, lengths } = unified === isUnified ? here : there;
      cells.push({
        ...fitOnCard(estimate, available, choices.gpus),
        maxBatch: batches(available),
        maxSequence: lengths(available),
      });
      yield;
    }
    rows.push({ method: own.method, cells });
  }
  return rows;
}
