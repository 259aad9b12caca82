import { availableOn } from "#scenario/choices/card-use.ts";
import { orCannotRun } from "#calc/card/fit.ts";
import { asksFreeMemory } from "#calc/model/scenario-traits.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { CardTraits } from "#catalog/card-traits.ts";
import type { Catalog } from "#catalog/popular-catalog.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { RANGES } from "#scenario/keys/ranges.ts";
import { wholeFitOn } from "#scenario/choices/run-answer.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import {
  largestTaken,
  type Search,
  type Largest,
  lengthsOf,
  takenAt,
  multiplesOf,
  roundNumbers,
  type TriedNumbers,
} from "./largest-fitting.ts";
import { couldHold, largerCounts, dividedOver } from "./on-several.ts";
import { type Trial, tryOut } from "./trial.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import type { GpuChoice } from "#scenario/keys/values.ts";

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
  const at = takenAt({ choices, scenario: run.scenario }, traits);
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

/** Nothing is the largest where nothing runs. */
const NONE: Largest = { value: null, capped: false };

/** What a method takes on each of several cards of a kind: the model is divided over them, and each number is run once. */
const whatFitsDividedOver = (choices: Choices, catalog: Catalog): ((count: number) => Trial) => {
  const known = new Map<number, Trial>();
  return (count) => {
    const trial = known.get(count) ?? tryOut({ ...choices, ...dividedOver(choices, count) }, catalog);
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
  const available = availableOn(choices, usableBytes);
  const counts = largerCounts({ ...choices, gpu }, catalog).filter((count) =>
    couldHold(count, available, { gpus: choices.gpus, onCardBytes }),
  );
  return counts.find((count) => divided(count).taken.fitWith(available) === "fits") ?? null;
};

/**
 * Which method fits on which card, each by its own rules, with the largest micro batch and the longest sequence that go on it, of `numbersOf`. A row a method of
 * the answer, a cell a card. Numbers of GPUs, sharding and offloading are those of the scenario, the last but where host and card have one memory.
 *
 * @yields after each number that was tried, and after each cell
 */
export function* whatFits(
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
      const available = availableOn(choices, card.usableBytes);
      const kind = kinds.findIndex((each) => isOfKind(card, each));
      const { run, largest } = ways[kind] as Way;
      const fit = orCannotRun(wholeFitOn(run, available), run.card.cannotRun);
      const maxBatch = largest === null ? NONE : yield* largest.batches(available);
      const maxSequence = largest === null ? NONE : yield* largest.lengths(available);
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

/** A column of the matrix: a card, and what programs can have of it. */
export type MatrixCard = Readonly<{
  /** What a click chooses. */
  gpu: GpuChoice;
  shortName: string;
  memoryGb: number;
  usableBytes: number;
  /** Whether host and card have one memory, so that nothing can be moved out of it. */
  unified: boolean;
  traits: CardTraits;
  chosen: boolean;
}>;

/** A useful dozen, one a size from 8 GB on, two where both are common: what can be bought, rented and had for free. */
const USUAL = [
  "rtx-4060",
  "rtx-3060-12gb",
  "t4",
  "rtx-4080",
  "rtx-4090",
  "rtx-5090",
  "a100-40gb-sxm",
  "rtx-a6000",
  "h100-sxm",
  "rtx-pro-6000-ws",
  "h200-sxm",
  "b200",
] as const;

const cardOf = (gpu: GpuChoice, catalog: Catalog, chosen: boolean): MatrixCard => {
  const { shortName, memoryGb, usableBytes, basis, traits } = answerGpu(gpu, catalog);
  return { gpu, shortName, memoryGb, usableBytes, unified: basis.of === "unified", traits, chosen };
};

/**
 * The cards of the matrix, smallest first: the chosen one and a useful dozen, or the whole catalog.
 *
 * @param chosen is among them whatever it is
 */
export const matrixCards = (chosen: GpuChoice, catalog: Catalog, every: boolean): readonly MatrixCard[] => {
  const { id } = answerGpu(chosen, catalog);
  const ids = every ? Object.keys(catalog.gpus) : USUAL.filter((other) => Object.hasOwn(catalog.gpus, other));
  const others = ids.filter((other) => other !== id);
  return [
    cardOf(chosen, catalog, true),
    ...others.map((other) => cardOf({ kind: "catalog", id: other }, catalog, false)),
  ].toSorted((one, other) => one.usableBytes - other.usableBytes);
};
