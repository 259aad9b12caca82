import { expect, test, it } from "vitest";
import { runToEnd } from "#advice/trial.ts";
import { explainTerm } from "#calc/explain/term-explanations.ts";
import { TERM_IDS } from "#calc/model/terms.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { factoredTerms } from "#service/answers/explained-step.ts";
import { choicesOf, focusOf } from "../../answered.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

test.each([1, 2])("the terms of a run on %i GPU are explained as its figures came about", (gpus) => {
  const choices = choicesOf({ gpus });
  const { scenario, estimate } = focusOf(choices);
  const told = runToEnd(factoredTerms({ choices }, FULL_CATALOG));
  for (const id of TERM_IDS) expect(told?.explanations[id]).toEqual(explainTerm(scenario, id, estimate.basis));
});

const told = (patch: Partial<Choices>) =>
  runToEnd(factoredTerms({ choices: { ...DEFAULT_CHOICES, ...patch } }, FULL_CATALOG));

it("the terms of the method in focus are led to their tensors at the peak, and in the other pass", () => {
  const factored = told({ method: "lora" })?.factored;
  const [logits] = factored?.terms.find(({ id }) => id === "logits")?.products ?? [];
  expect(factored).toMatchObject({ phase: "backward", layers: 32 });
  expect(logits?.parts.map(({ each }) => each)).toEqual([4, 4, 4]);
  expect(logits?.otherwise.map(({ each }) => each).toSorted()).toEqual([2, 4, 4]);
  expect(structuredClone(factored)).toEqual(factored);
});

it("a peak in forward has backward as its other pass", () => {
  const factored = told({ method: "lora", stack: "litgpt" })?.factored;
  const [logits] = factored?.terms.find(({ id }) => id === "logits")?.products ?? [];
  expect(factored?.phase).toBe("forward");
  expect(logits?.otherwise.length).toBeGreaterThan(0);
});

it("there are none where figures come from no step, or no method is shown", () => {
  expect(told({ stack: "article" })?.factored).toBeNull();
  expect(told({ show: [] })).toBeNull();
});

it("each term has its note and where its rule is from, a rule of thumb's too", () => {
  for (const stack of ["transformers", "article"]) {
    const { explanations } = told({ stack }) ?? {};
    expect(Object.keys(explanations ?? {})).toEqual([...TERM_IDS]);
    expect(explanations?.weights.note).toMatch(/\.$/);
    expect(explanations?.weights.source.label).not.toBe("");
  }
});
