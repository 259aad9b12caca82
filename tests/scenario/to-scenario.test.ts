import { describe, expect, it } from "vitest";
import { TRAITS_OF_ANY } from "#catalog/gpu-support.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { StackRow } from "#catalog/stack-row.ts";
import { STACKS } from "#catalog/stacks.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { modelRow } from "#scenario/choices/chosen-model.ts";
import { lossPathOf } from "#scenario/choices/resolve-stack.ts";
import { toScenario } from "#scenario/choices/method-scenario.ts";

const { architecture } = modelRow("llama-2-7b", FULL_CATALOG);
const scenarioOf = (patch: Partial<Choices>, method: "full" | "lora" | "qlora") =>
  toScenario({ ...DEFAULT_CHOICES, ...patch }, { architecture, statedParameters: null, card: TRAITS_OF_ANY }, method);

describe("what a choice leaves open", () => {
  it.each(Object.entries<StackRow>(STACKS))("is decided by %s", (stack, row) => {
    const full = scenarioOf({ stack }, "full");
    expect(full).toMatchObject({
      accounting: row.accounting,
      weights: row.fullWeights ?? row.weights,
      gradients: row.gradients,
      optimizerStates: row.optimizerStates,
      masterWeightBytes: row.masterWeightBytes,
      autocast: row.autocast,
      loss: lossPathOf(row, row.loss, TRAITS_OF_ANY),
      attn_implementation: row.attn_implementation,
      optim: row.optim,
      checkpointsOffloaded: row.checkpointsOffloaded && row.firstStepOnGpu !== true,
    });
    expect(scenarioOf({ stack }, "lora").method).toMatchObject({ lora: { adapters: row.adapters.lora } });
    expect(scenarioOf({ stack }, "qlora").method).toMatchObject({
      lora: { adapters: row.adapters.qlora },
      kbitPreparation: row.kbitPreparation,
    });
  });

  it("is decided by the user where the user chose", () => {
    const patch = {
      weights: "fp32",
      grads: 2,
      states: "bf16",
      adapters: 2,
      autocast: false,
      kbit: "none",
      attn: "eager",
      loss: "fused",
      optim: "sgd",
    } as const;
    const scenario = scenarioOf(patch, "qlora");
    expect(scenario).toMatchObject({
      weights: "fp32",
      gradients: 2,
      optimizerStates: "bf16",
      autocast: false,
      attn_implementation: "eager",
      loss: STACKS.transformers.lossPaths.fused,
      optim: "sgd",
    });
    expect(scenario.method).toMatchObject({ lora: { adapters: 2 }, kbitPreparation: "none" });
  });

  it("alpha is twice the rank until it is chosen", () => {
    expect(scenarioOf({ r: 64 }, "lora").method).toMatchObject({ lora: { r: 64, lora_alpha: 128 } });
    expect(scenarioOf({ r: 64, alpha: 16 }, "lora").method).toMatchObject({ lora: { lora_alpha: 16 } });
  });

  it("several GPUs shard with FSDP2 until something else is chosen", () => {
    expect(scenarioOf({}, "full").sharding).toBe("none");
    expect(scenarioOf({ gpus: 2 }, "full").sharding).toBe("fsdp2");
    expect(scenarioOf({ gpus: 2, shard: "ddp" }, "full").sharding).toBe("ddp");
  });
});

it("a model is divided where it is asked for, and by no rule of thumb", () => {
  const divided: Partial<Choices> = { gpus: 2, tp: 2 };
  expect(scenarioOf(divided, "full").division).toMatchObject({ tp_size: 2 });
  expect(scenarioOf({ ...divided, stack: "article" }, "full")).not.toHaveProperty("division");
  expect(scenarioOf({ gpus: 2 }, "full")).not.toHaveProperty("division");
});

describe("the quantised base", () => {
  it.each([
    [{ quant: "nf4" }, { kind: "bnb-4bit", bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: true }],
    [
      { quant: "fp4", dq: false },
      { kind: "bnb-4bit", bnb_4bit_quant_type: "fp4", bnb_4bit_use_double_quant: false },
    ],
    [{ quant: "int8" }, { kind: "bnb-8bit" }],
    [{ quant: "gptq" }, { kind: "gptq" }],
    [
      { quant: "unsloth-dynamic", dq: false },
      { kind: "bnb-4bit", bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: false },
    ],
    [{ stack: "article" }, { kind: "flat", bytesPerParameter: 0.5 }],
  ] as const)("%j is stored as %j", (patch, quantization) => {
    expect(scenarioOf(patch, "qlora").method).toMatchObject({ kind: "qlora", quantization });
  });
});
