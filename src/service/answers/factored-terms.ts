import { factoredRun, type FactoredTerms } from "#advice/factored-run.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { focusedRun } from "./focused-run.ts";

/** The terms of the method in focus, each led to its tensors. */
export function* factoredTerms(
  { choices }: Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, FactoredTerms | null> {
  const run = focusedRun(choices, catalog);
  return run === null ? null : yield* factoredRun(run);
}
