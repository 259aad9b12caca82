import { quickAdvice } from "#advice/advise.ts";
import type { Knob } from "#advice/knob.ts";
import type { SmallestCard } from "#advice/smallest-card.ts";
import { topChange, type TopChange } from "#advice/top-change.ts";
import type { Trial } from "#advice/trial.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";

/** What a change comes to: what it saves on the card, and what the method is on the card then. */
type Outcome = Readonly<{ savedBytes: number; card: CardFit }>;

/** All that follows from a scenario for its method in focus, as far as the page shows it: without the scenarios that were tried. */
export type PageAdvice = Readonly<{
  /** What it is about, the method in focus. */
  choices: Choices;
  /** Those that save something, the largest saving first. */
  changes: readonly (Outcome & Readonly<{ knob: Knob }>)[];
  smallestCards: readonly SmallestCard[];
  /** The one sentence. */
  top: TopChange;
}>;

/** @yields after each run of the engine */
export function* pageAdvice(
  { choices: asked }: Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, PageAdvice> {
  const advice = yield* quickAdvice(asked, catalog);
  const { start, knobs, smallestCards } = advice;
  const { choices } = start;
  const outcome = ({ onCardBytes, card }: Trial): Outcome => ({ savedBytes: start.onCardBytes - onCardBytes, card });
  return {
    choices,
    changes: knobs.map(({ knob, trial }) => ({ knob, ...outcome(trial) })),
    smallestCards,
    top: topChange(advice),
  };
}
