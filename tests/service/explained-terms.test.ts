import { expect, test } from "vitest";
import { explainTerm } from "#calc/explain/explain-term.ts";
import { TERM_IDS } from "#calc/model/term.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";

test.each([1, 2])("the terms of a run on %i GPU are explained as its figures came about", (gpus) => {
  const { methods, explained } = pageAnswer({ choices: { ...DEFAULT_CHOICES, gpus } }, FULL_CATALOG);
  const focus = methods.find(({ method }) => method === explained?.method);
  if (focus === undefined) throw new Error("a method is in focus");
  const { scenario, estimate } = focus;
  for (const id of TERM_IDS) expect(explained?.terms[id]).toEqual(explainTerm(scenario, id, estimate.basis));
});
