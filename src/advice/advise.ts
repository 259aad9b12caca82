import { METHODS } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { availableBytes } from "./available.ts";
import { inverse } from "./inverse.ts";
import type { InverseId } from "./inverse-id.ts";
import type { Largest } from "./largest-within.ts";
import { type Most, mostOf } from "./most-of.ts";
import { scoresWords } from "./scores-words.ts";
import { type RoomToGrow, roomToGrow } from "./room-to-grow.ts";
import { type SmallestCard, smallestCard } from "./smallest-card.ts";
import { type SmallestSet, smallestSet } from "./smallest-set.ts";
import { type Trial, tryOut } from "./trial.ts";
import { savingKnobs, type Turned, turnKnobs } from "./turn-knobs.ts";

/** Everything that follows from a scenario for its method in focus. */
export type Advice = Readonly<{
  start: Trial;
  /** Those that save something, the largest saving first. */
  knobs: readonly Turned[];
  smallestSet: SmallestSet | null;
  /** What takes most of the method in focus where it does not fit: why it does not. */
  most: Most | null;
  /** Why it does, where that is attention: ", nearly all of it scores: a T4 has no flash kernel". */
  scores: string;
  inverse: Readonly<Record<InverseId, Largest>>;
  /** One for each method shown. */
  smallestCards: readonly SmallestCard[];
}>;

/** Advice without what needs steps on paper of its own (another rank, another model): those are searched for when somebody asks. */
export type QuickAdvice = Omit<Advice, "inverse"> & Readonly<{ inverse: RoomToGrow }>;

/** The list of changes: what each saves, and the smallest card of each method. */
type ListedAdvice = Pick<Advice, "knobs" | "smallestCards">;

function* listed(start: Trial, turned: readonly Turned[], catalog: Catalog): Generator<void, ListedAdvice> {
  const { choices } = start;
  const smallestCards: SmallestCard[] = [];
  for (const method of METHODS.filter((each) => choices.show.includes(each))) {
    smallestCards.push(smallestCard(choices, method, catalog));
    yield;
  }
  return { smallestCards, knobs: yield* savingKnobs(start, turned, catalog) };
}

/**
 * What is listed under the one sentence of advice (`topFacts`).
 *
 * @yields after each run of the engine
 */
export function* listedAdvice(
  choices: Choices,
  catalog: Catalog,
): Generator<void, ListedAdvice & Pick<Advice, "start">> {
  const start = tryOut(choices, catalog);
  yield;
  return { start, ...(yield* listed(start, yield* turnKnobs(start, catalog), catalog)) };
}

/** @yields after each run of the engine */
export function* quickAdvice(choices: Choices, catalog: Catalog): Generator<void, QuickAdvice> {
  const start = tryOut(choices, catalog);
  yield;
  const turned = yield* turnKnobs(start, catalog);
  const smallest = yield* smallestSet(start, turned, { catalog });
  const list = yield* listed(start, turned, catalog);
  const most = mostOf(start);
  return {
    start,
    ...list,
    smallestSet: smallest,
    most,
    scores: scoresWords(start, most, catalog),
    inverse: yield* roomToGrow(start, catalog),
  };
}

/**
 * Which knobs save how much, the fewest that make it fit, how large batch, length, rank and model may be, and the smallest card of each method. Every figure is
 * a run of the engine.
 *
 * @yields after each run of the engine, so that a page can do something else between two
 */
export function* advise(choices: Choices, catalog: Catalog): Generator<void, Advice> {
  const quick = yield* quickAdvice(choices, catalog);
  const card = { availableBytes: availableBytes(choices, catalog), catalog };
  return {
    ...quick,
    inverse: {
      ...quick.inverse,
      maxRank: yield* inverse("maxRank", quick.start, card),
      maxModelParams: yield* inverse("maxModelParams", quick.start, card),
    },
  };
}
