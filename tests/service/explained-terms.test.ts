import { expect, test } from "vitest";
import { runToEnd } from "#advice/trial.ts";
import { explainTerm } from "#calc/explain/term-explanations.ts";
import { TERM_IDS } from "#calc/model/terms.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { factoredTerms } from "#service/answers/explained-step.ts";
import { choicesOf, focusOf } from "../answered.ts";

test.each([1, 2])("the terms of a run on %i GPU are explained as its figures came about", (gpus) => {
  const choices = choicesOf({ gpus });
  const { scenario, estimate } = focusOf(choices);
  const told = runToEnd(factoredTerms({ choices }, FULL_CATALOG));
  for (const id of TERM_IDS) expect(told?.explanations[id]).toEqual(explainTerm(scenario, id, estimate.basis));
});
