import { type QuickAdvice, quickAdvice } from "#advice/advise.ts";
import type { Knob } from "#advice/knob.ts";
import type { SmallestCard } from "#advice/smallest-card.ts";
import { topChange, type TopChange } from "#advice/top-change.ts";
import type { Trial } from "#advice/trial.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { type LargestFound, withPatch } from "./largest-found.ts";

/** What a change comes to: what it saves on the card, and what the method is on the card then. */
type Outcome = Readonly<{ savedBytes: number; card: CardFit }>;

/** All that follows from a scenario for its method in focus, as far as the page shows it: without the scenarios that were tried. */
export type PageAdvice = Readonly<{
  /** What it is about, the method in focus. */
  choices: Choices;
  /** Those that save something, the largest saving first. */
  changes: readonly (Outcome & Readonly<{ knob: Knob }>)[];
  /** The fewest that make it fit together; null where nothing does. */
  together: (Outcome & Readonly<{ knobs: readonly Knob[] }>) | null;
  /** What is known before somebody asks: the others take steps on paper of their own. */
  largest: Readonly<Record<keyof QuickAdvice["inverse"], LargestFound>>;
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
  const { start, knobs, smallestSet, inverse, smallestCards } = advice;
  const { choices } = start;
  const outcome = ({ onCardBytes, card }: Trial): Outcome => ({ savedBytes: start.onCardBytes - onCardBytes, card });
  return {
    choices,
    changes: knobs.map(({ knob, trial }) => ({ knob, ...outcome(trial) })),
    together: smallestSet && { knobs: smallestSet.knobs, ...outcome(smallestSet.trial) },
    largest: {
      maxBatch: withPatch({ id: "maxBatch", found: inverse.maxBatch }, choices, catalog),
      maxSequence: withPatch({ id: "maxSequence", found: inverse.maxSequence }, choices, catalog),
    },
    smallestCards,
    top: topChange(advice),
  };
}
