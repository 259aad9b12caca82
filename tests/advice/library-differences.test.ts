import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { stackDifferences, STACK_FIELDS, type StackField } from "#advice/library-differences.ts";
import { METHODS, type Scenario } from "#calc/model/scenario.ts";
import { type StackId, STACKS } from "#catalog/stacks.ts";
import { scenarioOf } from "../answered.ts";
import { loraMethod, qloraMethod, scenario } from "../calc/scenario.ts";

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

const fieldOf = (label: string): StackField => {
  const field = STACK_FIELDS.find((each) => each.label === label);
  if (field === undefined) throw new Error(`${label} is compared`);
  return field;
};

const FSDP = { reshardsAfterForward: true, reduce: "bf16", reducesEachMicroStep: false, endsApart: false } as const;

const words = (label: string, patch: Partial<Scenario>): string => fieldOf(label).words({ ...scenario({}), ...patch });

test("libraries are compared in the order in which a run meets what they do", () => {
  expect(STACK_FIELDS.map(({ label }) => label)).toEqual([
    "Accounting",
    "Modelling code",
    "Weights loaded as",
    "Adapters",
    "Adapters beside",
    "What is not quantised",
    "Experts",
    "Autocast",
    "Attention",
    "Checkpoints",
    "Layers checkpointed",
    "Reentrant checkpoints",
    "Kernels in place of modules",
    "Loss",
    "Gradients",
    "Optimizer",
    "Optimizer states",
    "fp32 master weights",
    "FSDP",
  ]);
});

describe("what a library does is said in words:", () => {
  test.each<readonly [string, Partial<Scenario>, string]>([
    ["Accounting", { accounting: "training-step" }, "a training step"],
    ["Accounting", { accounting: "bytes-per-parameter" }, "bytes for each parameter"],
    ["Modelling code", { modelling: "transformers" }, "transformers 5"],
    ["Modelling code", { modelling: "transformers-4.45" }, "transformers up to 4.45"],
    ["Weights loaded as", { weights: "bf16" }, "bf16"],
    ["Weights loaded as", { weights: 3 }, "3 B each"],
    ["Autocast", { autocast: true }, "on"],
    ["Autocast", { autocast: false }, "off"],
    ["Attention", { attn_implementation: "eager" }, "eager"],
    ["Checkpoints", { checkpointsOffloaded: true }, "in host memory"],
    ["Checkpoints", { checkpointsOffloaded: false }, "on the GPU"],
    ["Layers checkpointed", { selective: "op" }, "by operation"],
    ["Layers checkpointed", { selective: 3 }, "one in 3"],
    ["Reentrant checkpoints", {}, "as the modelling code has them"],
    ["Reentrant checkpoints", { reentrant: true }, "yes"],
    ["Reentrant checkpoints", { reentrant: false }, "no"],
    ["Kernels in place of modules", {}, "none"],
    ["Kernels in place of modules", { kernels: { lora: true } }, "linears with their adapters"],
    ["Kernels in place of modules", { kernels: { liger: true, lora: true } }, "Liger’s, linears with their adapters"],
    ["Loss", { loss: { kind: "full", transformers: "5", outputsKept: false } }, "full logits, as transformers 5"],
    [
      "Loss",
      { loss: { kind: "full", transformers: "4.46", outputsKept: true } },
      "full logits, as transformers 4.46, kept by the loop",
    ],
    ["Loss", { loss: { kind: "inplace" } }, "full logits, gradient in place"],
    ["Loss", { loss: { kind: "chunked", chunks: 1 } }, "one chunk"],
    ["Loss", { loss: { kind: "chunked", chunks: 8 } }, "8 chunks of tokens"],
    ["Loss", { loss: { kind: "fused", kernel: "trl" } }, "fused with the head (TRL)"],
    [
      "Loss",
      { loss: { kind: "fused", kernel: "trl", withoutTriton: true } },
      "fused with the head (TRL, without Triton)",
    ],
    ["Loss", { loss: { kind: "fused", kernel: "liger" } }, "fused with the head (Liger)"],
    ["Loss", { loss: { kind: "litgpt", longestFirst: true } }, "LitGPT's own, in chunks"],
    ["Gradients", { gradients: null }, "as the parameter"],
    ["Gradients", { gradients: "fp32" }, "fp32"],
    ["Optimizer", { optim: "adafactor" }, "Adafactor"],
    ["Optimizer states", { optimizerStates: null }, "as the optimizer"],
    ["Optimizer states", { optimizerStates: "fp32" }, "fp32"],
    ["fp32 master weights", { masterWeightBytes: 0 }, "none"],
    ["fp32 master weights", { masterWeightBytes: 4 }, "4 B each"],
    ["FSDP", {}, "as accelerate’s"],
    ["FSDP", { fsdp: FSDP }, "its own"],
    ["Adapters", { method: loraMethod() }, "fp32"],
    ["Adapters", { method: { kind: "full" } }, "fp32"],
    ["What is not quantised", { method: { kind: "full" } }, "left as loaded"],
    ["What is not quantised", { method: qloraMethod({ kbitPreparation: "fp32" }) }, "to fp32"],
    ["What is not quantised", { method: qloraMethod({ kbitPreparation: "trl-0.11" }) }, "norms to fp32"],
    ["What is not quantised", { method: qloraMethod({ kbitPreparation: "trl" }) }, "norms to fp32, adapters to bf16"],
    ["What is not quantised", { method: qloraMethod({ kbitPreparation: "none" }) }, "left as loaded"],
    ["Adapters beside", { method: { kind: "full" } }, "modules and fused experts"],
    ["Adapters beside", { method: loraMethod({ target_parameters: [] }) }, "modules alone"],
    ["Experts", { method: { kind: "full" } }, "as loaded"],
    ["Experts", { method: qloraMethod() }, "as loaded"],
    [
      "Experts",
      { method: qloraMethod({ experts: { stored: "4bit", read: "rebuilt" } }) },
      "4-bit, rebuilt in backward",
    ],
  ])("%s of %j: %s", (label, patch, said) => expect(words(label, patch)).toBe(said));

  test("layers are checkpointed whole where nothing else is said", () => {
    expect(words("Layers checkpointed", {})).toBe("whole");
  });
});

describe("what is taken over from another library", () => {
  const full = scenario({ method: { kind: "full" } });

  test("leaves full fine-tuning without adapters and preparation", () => {
    expect(fieldOf("Adapters").take(full, scenario({ method: loraMethod() }))).toEqual(full);
    expect(fieldOf("What is not quantised").take(full, scenario({ method: qloraMethod() }))).toEqual(full);
  });

  test("leaves adapters as they are where the other has none", () => {
    const adapted = scenario({ method: loraMethod() });
    expect(fieldOf("Adapters").take(adapted, full)).toEqual(adapted);
    const quantised = scenario({ method: qloraMethod() });
    expect(fieldOf("What is not quantised").take(quantised, adapted)).toEqual(quantised);
  });

  test("has adapters beside what the other has them beside, where it has any", () => {
    const [all, modules] = [
      scenario({ method: loraMethod() }),
      scenario({ method: loraMethod({ target_parameters: [] }) }),
    ];
    expect(fieldOf("Adapters beside").take(all, modules)).toEqual(modules);
    expect(fieldOf("Adapters beside").take(modules, all)).toEqual(all);
    expect(fieldOf("Adapters beside").take(modules, full)).toEqual(modules);
    expect(fieldOf("Adapters beside").take(full, modules)).toEqual(full);
  });

  test("leaves experts as they are where the other's method is another", () => {
    const packed = scenario({ method: qloraMethod({ experts: { stored: "4bit", read: "saved" } }) });
    expect(fieldOf("Experts").take(scenario({ method: qloraMethod() }), packed)).toEqual(packed);
    expect(fieldOf("Experts").take(packed, scenario({ method: qloraMethod() }))).toEqual(
      scenario({ method: qloraMethod() }),
    );
    expect(fieldOf("Experts").take(packed, full)).toEqual(packed);
  });

  test("is one field, as the other has it", () => {
    expect(fieldOf("Autocast").take(full, { ...full, autocast: !full.autocast, optim: "adafactor" })).toEqual({
      ...full,
      autocast: !full.autocast,
    });
  });
});
