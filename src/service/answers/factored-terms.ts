import { explainedTerms, type FactoredTerms } from "#advice/factored-terms.ts";
import { explainTerm, type Explanation } from "#calc/explain/term-explanations.ts";
import { TERM_IDS, type TermId } from "#calc/model/terms.ts";
import type { Catalog } from "#catalog/popular-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { focusedRun } from "./library-runs.ts";

/** What is said of the terms of a method: of each what it is, and what its factors are made of; null where the figures come from no step. */
export type ToldTerms = Readonly<{
  explanations: Readonly<Record<TermId, Explanation>>;
  factored: FactoredTerms | null;
}>;

/**
 * What the terms of the method in focus are, each led to its tensors.
 *
 * @returns null where no method is shown
 */
export function* factoredTerms(
  { choices }: Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, ToldTerms | null> {
  const run = focusedRun(choices, catalog);
  if (run === null) return null;
  const { scenario, estimate } = run;
  const explanations = Object.fromEntries(
    TERM_IDS.map((id) => [id, explainTerm(scenario, id, estimate.basis)]),
  ) as ToldTerms["explanations"];
  return { explanations, factored: yield* explainedTerms(run) };
}
