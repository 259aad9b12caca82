import { expect, it } from "vitest";
import { runThrough } from "#advice/run-through.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { factoredTerms } from "#service/answers/factored-terms.ts";

const told = (patch: Partial<Choices>) =>
  runThrough(factoredTerms({ choices: { ...DEFAULT_CHOICES, ...patch } }, FULL_CATALOG));

it("the terms of the method in focus are led to their tensors at the peak, and in the other pass", () => {
  const factored = told({ method: "lora" });
  const [logits] = factored?.terms.find(({ id }) => id === "logits")?.products ?? [];
  expect(factored).toMatchObject({ phase: "backward", layers: 32 });
  expect(logits?.parts.map(({ each }) => each)).toEqual([4, 4, 4]);
  expect(logits?.otherwise.map(({ each }) => each).toSorted()).toEqual([2, 4, 4]);
  expect(structuredClone(factored)).toEqual(factored);
});

it("a peak in forward has backward as its other pass", () => {
  const factored = told({ method: "lora", stack: "litgpt" });
  const [logits] = factored?.terms.find(({ id }) => id === "logits")?.products ?? [];
  expect(factored?.phase).toBe("forward");
  expect(logits?.otherwise.length).toBeGreaterThan(0);
});

it("there are none where figures come from no step, or no method is shown", () => {
  expect(told({ stack: "article" })).toBeNull();
  expect(told({ show: [] })).toBeNull();
});
