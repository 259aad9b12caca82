import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { stackDifferences } from "#advice/library-differences.ts";
import { METHODS, type Scenario } from "#calc/model/scenario.ts";
import { type StackId, STACKS } from "#catalog/stacks.ts";
import { scenarioOf } from "../answered.ts";

const runOf = (stack: string, method: (typeof METHODS)[number]): Scenario => scenarioOf({ stack, method });

const others = (Object.keys(STACKS) as StackId[]).filter((stack) => stack !== "transformers");

describe.each(others)("what %s does otherwise than plain Transformers", (stack) => {
  test.each(METHODS)("sums to the difference of the two peaks of %s, to the byte", (method) => {
    const [plain, other] = [runOf("transformers", method), runOf(stack, method)];
    const sum = stackDifferences(plain, other).reduce((bytes, difference) => bytes + difference.bytes, 0);
    expect(sum).toBe(estimated(ENGINE.estimate(other)).peakBytes - estimated(ENGINE.estimate(plain)).peakBytes);
  });
});

test("a field is named once, with both its values, and only where the two differ", () => {
  const differences = stackDifferences(runOf("transformers", "qlora"), runOf("trl", "qlora"));
  expect(differences.map(({ label, from, to }) => [label, from, to])).toEqual([
    ["Adapters", "fp32", "bf16"],
    ["What is not quantised", "to fp32", "left as loaded"],
    ["Loss", "full logits, as transformers 5", "fused with the head (TRL)"],
  ]);
  expect(stackDifferences(runOf("trl", "full"), runOf("trl", "full"))).toEqual([]);
});

test("a field that only one of them has is named, and nothing of model code that is the same", () => {
  const differences = stackDifferences(runOf("transformers", "lora"), runOf("axolotl", "lora"));
  expect(differences.map(({ label, from, to }) => [label, from, to])).toEqual([
    ["Reentrant checkpoints", "as the modelling code has them", "yes"],
    ["Kernels in place of modules", "none", "linears with their adapters"],
    ["FSDP", "as accelerate’s", "its own"],
  ]);
});

test("each difference is taken on top of those before it", () => {
  const [plain, other] = [runOf("transformers", "lora"), runOf("torchtune", "lora")];
  const asked: Scenario[] = [];
  const count = (scenario: Scenario) => {
    asked.push(scenario);
    return estimated(ENGINE.estimate(scenario));
  };
  const differences = stackDifferences(plain, other, count);
  expect(asked).toHaveLength(differences.length + 1);
  expect(asked[0]).toEqual(plain);
  expect(asked.at(-1)).toEqual(other);
});

test("a flat rule of thumb is one difference: it is no training step at all", () => {
  const differences = stackDifferences(runOf("transformers", "lora"), runOf("article", "lora"));
  expect(differences.map(({ label, to }) => [label, to])).toEqual([["Accounting", "bytes for each parameter"]]);
});

test("what no field of the list names is the library's own model code, so nothing is lost", () => {
  const plain = runOf("transformers", "lora");
  const other: Scenario = { ...plain, packing: false, sequence_length: 4096 };
  const [rest, ...none] = stackDifferences(plain, other);
  expect(none).toEqual([]);
  expect(rest).toMatchObject({ label: "Its own model code" });
  expect(rest?.bytes).toBeGreaterThan(0);
});
