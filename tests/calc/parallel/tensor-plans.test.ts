import { expect, test } from "vitest";
import { tensorPlan } from "#calc/parallel/tensor-plans.ts";

test("Llama has a plan, GPT-2 has none", () => {
  expect(tensorPlan("llama")?.cuts).toContain("heads");
  expect(tensorPlan("gpt2")).toBeUndefined();
});

test.each(["constructor", "toString", "__proto__"])("a model type named %s, as every object has it, has none", (name) =>
  expect(tensorPlan(name)).toBeUndefined(),
);
