import { topChange, type TopChange } from "#advice/top-change.ts";
import { topFacts } from "#advice/top-facts.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/**
 * The one sentence of advice, before all that is listed under it.
 *
 * @yields after each run of the engine
 */
export function* firstAdvice(
  { choices }: Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, TopChange> {
  return topChange(yield* topFacts(choices, catalog));
}
