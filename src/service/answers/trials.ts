import { type Trial, tryOut } from "#advice/trial.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** What the engine says of the method in focus once something was changed. */
export type TrialFigures = Pick<Trial, "onCardBytes" | "card">;

/**
 * The method in focus of some choices with each of these changes, one at a time.
 *
 * @yields after each run of the engine
 */
export function* trials(
  { choices, patches }: Readonly<{ choices: Choices; patches: readonly Partial<Choices>[] }>,
  catalog: Catalog,
): Generator<void, readonly TrialFigures[]> {
  const tried: TrialFigures[] = [];
  for (const patch of patches) {
    const { onCardBytes, card } = tryOut({ ...choices, ...patch }, catalog);
    tried.push({ onCardBytes, card });
    yield;
  }
  return tried;
}
