import { type Chosen, chooseForMe, type Wish } from "#advice/choose-for-me.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** A scenario that fits, what it is on the card and why it is this one; null where no method can be made to fit. */
export type ChosenForMe = Pick<Chosen, "patch" | "reasons"> & Readonly<{ card: CardFit | null }>;

/**
 * From data and task to a scenario on the chosen card.
 *
 * @yields after each run of the engine
 */
export function* chosenForMe(
  { choices, wish }: Readonly<{ choices: Choices; wish: Wish }>,
  catalog: Catalog,
): Generator<void, ChosenForMe> {
  const { patch, reasons, trial } = yield* chooseForMe(choices, wish, catalog);
  return { patch, reasons, card: trial?.card ?? null };
}
