import { expect, test } from "vitest";
import { advise } from "#advice/advise.ts";
import { generationSteps } from "#advice/knobs/generation.ts";
import { PRICES } from "#advice/prices.ts";
import { runToEnd } from "#advice/trial.ts";
import type { Subject } from "#advice/knobs/knob.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { choicesOf } from "../answered.ts";

/** The knob looks at nothing but the choices. */
const stepsOf = (keys: string): readonly unknown[] => {
  const { count, at } = generationSteps({ choices: choicesOf(keys) } as Subject);
  return Array.from({ length: count }, (_, index) => at(index + 1).patch.gensteps);
};

test("fewer completions at once are whole prompts of as many completions", () => {
  expect(stepsOf("objective=grpo&batch=8&accum=4")).toEqual([1, 2]);
  expect(stepsOf("objective=grpo&batch=4&accum=4")).toEqual([2]);
  expect(stepsOf("objective=grpo&batch=4&accum=8&gensteps=4")).toEqual([2]);
  expect(stepsOf("objective=grpo&batch=1&accum=2")).toEqual([]);
  expect(stepsOf("objective=grpo&batch=8&accum=4&engine=vllm-server")).toEqual([]);
  expect(stepsOf("batch=8&accum=4")).toEqual([]);
});

test("they are the same result where each generation was of one update, and another run where updates shared one", () => {
  const pricesOf = (keys: string): readonly string[] => {
    const { count, at } = generationSteps({ choices: choicesOf(`objective=grpo&batch=8&${keys}`) } as Subject);
    return [...new Set(Array.from({ length: count }, (_, index) => at(index + 1).price))];
  };
  expect(pricesOf("accum=4")).toEqual(["generationSteps"]);
  expect(pricesOf("accum=4&gensteps=2")).toEqual(["generationSteps"]);
  expect(pricesOf("accum=4&gensteps=8")).toEqual(["generationEachUpdate"]);
  expect(pricesOf("accum=4&gensteps=3")).toEqual(["generationEachUpdate"]);
  expect(PRICES.generationSteps.words).toMatch(/^Same result/);
  expect(PRICES.generationEachUpdate.words).not.toMatch(/Same result/);
});

test("they are what makes a run fit whose completions alone do not", () => {
  const choices = choicesOf("objective=grpo&gpu=rtx-4090&method=qlora&show=qlora&batch=8&accum=32&seq=2048");
  const { smallestSet } = runToEnd(advise(choices, FULL_CATALOG));
  expect(smallestSet?.knobs.map(({ id }) => id)).toEqual(["generation-steps"]);
});
