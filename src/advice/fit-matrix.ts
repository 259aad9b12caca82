// Matrix of methods and GPUs: what fits, with the largest batch and the longest sequence.

import { availableCardBytes } from "#scenario/choices/gpu-memory.ts";
import { withCannotRun } from "#calc/card/fit.ts";
import { asksFreeMemory } from "#calc/model/scenario-traits.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { type Choices, RANGES } from "#scenario/keys/choices.ts";
import { wholeFitOn } from "#scenario/choices/run-answer.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import {
  largestTaken,
  type Search,
  type Largest,
  NO_LARGEST,
  lengthsOf,
  cardUseAt,
  multiplesOf,
  roundNumbers,
  type TriedNumbers,
} from "./largest-search.ts";
import { holdingCounts, dividedOver } from "./smallest-gpu.ts";
import { type Trial, evaluateTrial } from "./trial.ts";
import type { MatrixCard } from "./matrix-gpus.ts";

/**
 * One method on one card, the whole run where more than its step is asked for: spare or missing bytes, and how far batch and length could go, each with the other as it is. `several`: where not even a micro batch
 * of 1 fits, how many of the card hold it together; null where none do, and where it is not asked.
 */
export type MatrixCell = CardFit & Readonly<{ maxBatch: Largest; maxSequence: Largest; several: number | null }>;

export type MatrixRow = Readonly<{ method: MethodId; cells: readonly MatrixCell[] }>;

/** What decides a row's cells on cards of one kind: what runs there, and how far batch and length could go; null where it cannot run. */
type Way = Readonly<{ run: MethodAnswer; largest: Readonly<{ batches: Search; lengths: Search }> | null }>;

/** Round numbers, where the allocator is replayed: cells are many, and each number that is tried takes replays. */
const ROUND: Readonly<Record<"batch" | "seq", TriedNumbers>> = {
  batch: roundNumbers(RANGES.batch),
  seq: roundNumbers(RANGES.seq),
};

/** The numbers that a cell may say. @internal */
export const numbersOf = ({ estimate, scenario }: MethodAnswer): typeof ROUND =>
  estimate.basis === "replay" ? ROUND : { batch: multiplesOf(1, RANGES.batch), seq: lengthsOf(scenario) };

const wayOf = (run: MethodAnswer, choices: Choices, traits: CardTraits): Way => {
  if (run.card.cannotRun !== null) return { run, largest: null };
  const { batch, seq } = choices;
  const at = cardUseAt({ choices, scenario: run.scenario }, traits);
  const numbers = numbersOf(run);
  return {
    run,
    largest: {
      batches: largestTaken({ takenAt: at.batch, now: batch }, numbers.batch),
      lengths: largestTaken({ takenAt: at.seq, now: seq }, numbers.seq),
    },
  };
};

type SameKind = (one: MatrixCard, other: MatrixCard) => boolean;

/** What of a card decides how methods run: what it lacks, whether host and card have one memory, and its size where a loss goes by free memory. */
const kindOf = (methods: readonly MethodAnswer[]): SameKind => {
  const goesBySize = methods.some(({ scenario }) => asksFreeMemory(scenario.loss));
  return (one, other) =>
    one.traits === other.traits &&
    one.unified === other.unified &&
    (!goesBySize || one.usableBytes === other.usableBytes);
};

/** What a method takes on each of several cards of a kind: the model is divided over them, and each number is run once. */
const whatFitsDividedOver = (choices: Choices, catalog: Catalog): ((count: number) => Trial) => {
  const known = new Map<number, Trial>();
  return (count) => {
    const trial = known.get(count) ?? evaluateTrial({ ...choices, ...dividedOver(choices, count) }, catalog);
    known.set(count, trial);
    return trial;
  };
};

/** The fewest of a card on which a method fits, divided over them. @param onCardBytes what it takes on each of the cards that are chosen */
const fewestOf = (
  { gpu, usableBytes }: MatrixCard,
  { choices, onCardBytes, catalog }: Readonly<{ choices: Choices; onCardBytes: number; catalog: Catalog }>,
  divided: (count: number) => Trial,
): number | null => {
  const available = availableCardBytes(choices, usableBytes);
  const counts = holdingCounts({ ...choices, gpu }, { availableBytes: available, onCardBytes }, catalog);
  return counts.find((count) => divided(count).taken.fitWith(available) === "fits") ?? null;
};

/**
 * Which method fits on which card, each by its own rules, with the largest micro batch and the longest sequence that go on it, of `numbersOf`. A row a method of
 * the answer, a cell a card. Numbers of GPUs, sharding and offloading are those of the scenario, the last but where host and card have one memory.
 *
 * @yields after each number that was tried, and after each cell
 */
export function* matrixRows(
  answer: Answer,
  cards: readonly MatrixCard[],
  catalog: Catalog,
): Generator<void, readonly MatrixRow[]> {
  const { methods, choices } = answer;
  const isOfKind = kindOf(methods);
  // The first card of each kind stands for it, the chosen one for its own.
  const kinds = cards.filter((card, index) => cards.findIndex((other) => isOfKind(card, other)) === index);
  const answers = kinds.map((kind) => {
    const isOwn = cards.some((card) => card.chosen && isOfKind(card, kind));
    return isOwn ? methods : toAnswer({ ...choices, gpu: kind.gpu }, catalog).methods;
  });
  const rows: MatrixRow[] = [];
  for (const [index, { method }] of methods.entries()) {
    const ways = answers.map((runs, kind) =>
      wayOf(runs[index] as MethodAnswer, choices, (kinds[kind] as MatrixCard).traits),
    );
    const divided = kinds.map(({ gpu }) => whatFitsDividedOver({ ...choices, gpu, method }, catalog));
    const cells: MatrixCell[] = [];
    for (const card of cards) {
      const available = availableCardBytes(choices, card.usableBytes);
      const kind = kinds.findIndex((each) => isOfKind(card, each));
      const { run, largest } = ways[kind] as Way;
      const fit = withCannotRun(wholeFitOn(run, available), run.card.cannotRun);
      const maxBatch = largest === null ? NO_LARGEST : yield* largest.batches(available);
      const maxSequence = largest === null ? NO_LARGEST : yield* largest.lengths(available);
      const { onCardBytes } = run.estimate;
      const isOver = fit.fit === "over" && maxBatch.value === null;
      const several = isOver
        ? fewestOf(card, { choices, onCardBytes, catalog }, divided[kind] as (count: number) => Trial)
        : null;
      cells.push({ ...fit, maxBatch, maxSequence, several });
      yield;
    }
    rows.push({ method, cells });
  }
  return rows;
}
