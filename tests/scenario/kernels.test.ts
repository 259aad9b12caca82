import { describe, expect, test } from "vitest";
import type { Scenario } from "#calc/model/scenario.ts";
import { estimateJson, linkValues } from "#scenario/choices/estimate-json.ts";
import { focusOf, saidOf, scenarioOf, settledOf } from "../answered.ts";

const QWEN_1 = "model=custom&arch=qwen.h4096.f11008.l2.a32.k32.d128.v32000.t0";

describe("a scenario says of checkpoints what its modelling code does not do by itself:", () => {
  test.each<readonly [string, boolean]>([
    ["reentrant=1", true],
    ["stack=trl-0.13&reentrant=0", false],
    ["stack=fms-acceleration&reentrant=0", false],
    ["stack=axolotl", true],
    ["stack=axolotl&selective=2", true],
    ["stack=llama-factory", true],
    ["stack=llama-factory&gpus=2&shard=fsdp1", true],
    ["stack=trl&gpus=2&shard=zero3", true],
  ])("%s: %s", (search, reentrant) => expect(scenarioOf(search).reentrant).toBe(reentrant));

  test.each([
    "",
    "reentrant=0",
    "reentrant=1&ckpt=0",
    "stack=transformers-4.45",
    "stack=transformers-4.46&reentrant=1",
    "stack=fms-acceleration",
    "stack=axolotl&ckpt=0",
    "stack=axolotl&reentrant=0",
    "stack=axolotl&selective=op",
    "stack=axolotl&model=gemma-4-e2b",
    "stack=llama-factory&gpus=2",
    "stack=trl",
    "stack=trl&gpus=2&shard=zero3&method=full",
    "stack=unsloth&reentrant=0",
    "stack=litgpt&reentrant=1",
    "stack=article&reentrant=1",
    `${QWEN_1}&reentrant=0`,
    `${QWEN_1}&stack=axolotl`,
  ])("nothing of %s", (search) => expect(scenarioOf(search)).not.toHaveProperty("reentrant"));
});

test("layers that are made reentrant are checkpointed whole, or one in so many", () => {
  expect(scenarioOf("selective=op&reentrant=1")).not.toHaveProperty("selective");
  expect(scenarioOf("selective=2&reentrant=1")).toMatchObject({ selective: 2, reentrant: true });
});

describe("kernels stand in for modules", () => {
  test.each<readonly [string, NonNullable<Scenario["kernels"]>]>([
    ["liger=1", { liger: true }],
    ["liger=1&method=full&stack=llama-factory", { liger: true }],
    ["stack=axolotl", { lora: true }],
    ["stack=axolotl&method=qlora&dropout=0.1", { lora: true }],
    ["stack=axolotl&gpus=2", { lora: true }],
    ["stack=axolotl&liger=1&lorakernels=1", { liger: true, lora: true }],
    ["stack=axolotl&tuner=vera", { lora: true }],
  ])("where %s is asked for: %j", (search, kernels) => expect(scenarioOf(search).kernels).toEqual(kernels));

  test.each([
    "",
    "liger=0",
    "lorakernels=1",
    "liger=1&model=pythia-1b",
    "liger=1&gpus=2&tp=2",
    "liger=1&stack=unsloth",
    "stack=axolotl&lorakernels=0",
    "stack=axolotl&method=full",
    "stack=axolotl&method=qlora&quant=int8",
    "stack=axolotl&method=qlora&quant=gptq",
    "stack=axolotl&dora=1",
    "stack=axolotl&gpus=2&shard=fsdp1",
    "stack=axolotl&gpu=apple-m3-max-64gb",
  ])("and not with %s", (search) => expect(scenarioOf(search)).not.toHaveProperty("kernels"));

  test("Liger's bring their loss, unless another is chosen", () => {
    const fused = { kind: "fused", kernel: "liger" };
    expect(scenarioOf("liger=1").loss).toEqual(fused);
    expect(scenarioOf("liger=1&stack=trl").loss).toEqual(fused);
    expect(scenarioOf("stack=trl").loss).toEqual({ kind: "fused", kernel: "trl" });
    expect(scenarioOf("liger=1&loss=full").loss).toMatchObject({ kind: "full" });
    expect(scenarioOf("liger=1&model=pythia-1b").loss).toMatchObject({ kind: "full" });
  });

  test("TRL's head runs on a card without Triton, in operations of PyTorch", () => {
    expect(scenarioOf("stack=trl&gpu=apple-m3-max-64gb").loss).toEqual({
      kind: "fused",
      kernel: "trl",
      withoutTriton: true,
    });
    expect(scenarioOf("stack=trl&gpu=mi300x").loss).toEqual({ kind: "fused", kernel: "trl" });
    const allocated = (gpu: string): number => focusOf(`stack=trl&batch=2&seq=2048&gpu=${gpu}`).estimate.peakBytes;
    // Seven tiles of 4,094 tokens and 32,768 entries in fp32, in place of activations that are gone by then.
    expect(allocated("apple-m3-max-64gb")).toBeGreaterThan(allocated("mi300x"));
  });

  test("and cannot on a card without Triton, where they are asked for by name", () => {
    const cannotRun = (search: string): string | null => focusOf(`gpu=apple-m3-max-64gb&${search}`).card.cannotRun;
    expect(cannotRun("liger=1")).toBe("no Triton kernels");
    expect(cannotRun("stack=axolotl&lorakernels=1")).toBe("no Triton kernels");
    expect(cannotRun("stack=axolotl")).toBeNull();
    expect(cannotRun("liger=1&model=pythia-1b")).toBeNull();
  });
});

describe("what is asked for in vain is named:", () => {
  test.each([
    ["stack=unsloth&liger=1", "liger=1 is nothing that this library has; liger=0 is used."],
    [
      "liger=1&model=pythia-1b",
      "liger=1 is for models that Liger’s kernels are known for, and this is none; liger=0 is used.",
    ],
    ["liger=1&gpus=2&tp=2", "liger=1 does not go with matrices that GPUs divide; liger=0 is used."],
    ["lorakernels=1", "lorakernels=1 is nothing that this library has; lorakernels=0 is used."],
    [
      "stack=axolotl&lorakernels=1&method=full&show=full",
      "lorakernels=1 is for adapters, and full fine-tuning has none; lorakernels=0 is used.",
    ],
    [
      "stack=axolotl&lorakernels=1&method=qlora&show=qlora&quant=int8",
      "lorakernels=1 is for a base of 16 or 4 bits; lorakernels=0 is used.",
    ],
    ["stack=axolotl&lorakernels=1&dora=1", "lorakernels=1 belongs to dora=0; lorakernels=0 is used."],
    [
      "stack=axolotl&lorakernels=1&gpus=2&shard=fsdp1",
      "lorakernels=1 does not go with shard=fsdp1; lorakernels=0 is used.",
    ],
    ["reentrant=1&ckpt=0", "reentrant=1 belongs to ckpt=1; reentrant=0 is used."],
    ["stack=litgpt&reentrant=1", "reentrant=1 is nothing that this library has; reentrant=0 is used."],
    ["stack=unsloth&reentrant=0", "reentrant=0 is nothing that this library has; reentrant=1 is used."],
    [
      `${QWEN_1}&reentrant=0`,
      "reentrant=0 is not up to the library: this model’s own code calls its checkpoints; reentrant=1 is used.",
    ],
    [
      "stack=axolotl&model=gemma-4-e2b&reentrant=1",
      "reentrant=1 is what this library never does with this model; reentrant=0 is used.",
    ],
    [
      "stack=axolotl&selective=op&reentrant=1",
      "reentrant=1 is what this library never does with selective=op; reentrant=0 is used.",
    ],
    [
      "stack=llama-factory&gpus=2&reentrant=1",
      "reentrant=1 is what this library never does with shard=fsdp2; reentrant=0 is used.",
    ],
    [
      "stack=trl&gpus=2&shard=zero3&reentrant=0",
      "reentrant=0 is what this library never does with adapters and shard=zero3; reentrant=1 is used.",
    ],
    [
      "selective=op&reentrant=1",
      "selective=op goes with checkpoints that are not reentrant, and these are; selective=none is used.",
    ],
    [
      "stack=transformers-4.46&selective=op",
      "selective=op goes with checkpoints that are not reentrant, and this library’s are; selective=none is used.",
    ],
  ])("%s", (search, message) => expect(saidOf(search)).toEqual([message]));

  test.each([
    "stack=transformers-4.46&selective=op&reentrant=0",
    "stack=axolotl&selective=op",
    "stack=axolotl&lorakernels=1&method=full",
    "stack=axolotl&lorakernels=1&method=qlora&quant=int8",
    "stack=unsloth&reentrant=1&lorakernels=0&liger=0",
    "ckpt=0&reentrant=0",
  ])("and nothing is said of %s", (search) => expect(saidOf(search)).toEqual([]));
});

test("what they come to after all defaults is a value of the link, null where the library has no such setting", () => {
  const values = (search: string) => {
    const { choices, resolved } = settledOf(search);
    const { reentrant, liger, lorakernels, loss } = linkValues(choices, resolved);
    return { reentrant, liger, lorakernels, loss };
  };
  expect(values("")).toEqual({ reentrant: 0, liger: 0, lorakernels: null, loss: "full" });
  expect(values("liger=1")).toEqual({ reentrant: 0, liger: 1, lorakernels: null, loss: "fused" });
  expect(values("stack=axolotl")).toEqual({ reentrant: 1, liger: 0, lorakernels: 1, loss: "full" });
  expect(values("stack=axolotl&method=full")).toMatchObject({ lorakernels: 0 });
  const json = estimateJson(settledOf("stack=axolotl&model=gemma-4-e2b"), []);
  expect(json.scenario).toMatchObject({ reentrant: 0, lorakernels: 1 });
  expect(values("stack=unsloth")).toMatchObject({ reentrant: null, liger: null, lorakernels: null });
});
