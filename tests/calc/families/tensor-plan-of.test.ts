import { expect, test } from "vitest";
import { FAMILIES } from "../workings.ts";
import { tensorPlan } from "#calc/families/families.ts";

test("Llama has a plan, GPT-2 has none", () => {
  expect(tensorPlan(FAMILIES, "llama")?.cuts).toContain("heads");
  expect(tensorPlan(FAMILIES, "gpt2")).toBeUndefined();
});

test.each(["constructor", "toString", "__proto__"])("a model type named %s, as every object has it, has none", (name) =>
  expect(tensorPlan(FAMILIES, name)).toBeUndefined(),
);
