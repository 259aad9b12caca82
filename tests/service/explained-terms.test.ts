import { expect, test } from "vitest";
import { runThrough } from "#advice/run-through.ts";
import { explainTerm } from "#calc/explain/explain-term.ts";
import { TERM_IDS } from "#calc/model/term.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { factoredTerms } from "#service/answers/factored-terms.ts";

test.each([1, 2])("the terms of a run on %i GPU are explained as its figures came about", (gpus) => {
  const choices = { ...DEFAULT_CHOICES, gpus };
  const focus = toAnswer(choices, FULL_CATALOG).methods.find(({ method }) => method === choices.method);
  if (focus === undefined) throw new Error("a method is in focus");
  const { scenario, estimate } = focus;
  const told = runThrough(factoredTerms({ choices }, FULL_CATALOG));
  for (const id of TERM_IDS) expect(told?.explanations[id]).toEqual(explainTerm(scenario, id, estimate.basis));
});
