import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { QuickAdvice } from "./advise.ts";
import { mostOf } from "./most-of.ts";
import { type RoomToGrow, roomToGrow } from "./room-to-grow.ts";
import { scoresWords } from "./scores-words.ts";
import { smallestCard } from "./smallest-card.ts";
import { smallestSet } from "./smallest-set.ts";
import { tryOut } from "./trial.ts";
import { turnForSets } from "./turn-knobs.ts";

/** The facts of the one sentence of advice, each found out only where that sentence needs it. */
export type TopFacts = Pick<QuickAdvice, "start" | "smallestSet" | "most" | "scores" | "smallestCards"> &
  Readonly<{
    /** The largest batch and length that fit; null where it does not fit as it is. */
    inverse: RoomToGrow | null;
  }>;

/**
 * Where the method in focus fits, how far it can grow. Where it does not, the fewest changes that make it fit; the card that it needs where none do.
 *
 * @yields after each run of the engine
 */
export function* topFacts(choices: Choices, catalog: Catalog): Generator<void, TopFacts> {
  const start = tryOut(choices, catalog);
  yield;
  const most = mostOf(start);
  const scores = scoresWords(start, most, catalog);
  const known: TopFacts = { start, most, scores, smallestSet: null, smallestCards: [], inverse: null };
  if (start.lacks.length > 0) return known;
  if (start.isWayOut) return { ...known, inverse: yield* roomToGrow(start, catalog) };
  const found = yield* smallestSet(start, yield* turnForSets(start, catalog), { catalog });
  if (found !== null) return { ...known, smallestSet: found };
  return { ...known, smallestCards: [smallestCard(choices, choices.method, catalog)] };
}
