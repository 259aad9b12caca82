import { describe, expect, test } from "vitest";
import { estimateJson, linkValues } from "#scenario/choices/estimate-json.ts";
import { focusOf, saidOf, scenarioOf, scenariosOf, settledOf, answerOf } from "../../answered.ts";
import type { Scenario } from "#calc/model/scenario.ts";

/** How each method that is shown has experts: "lora: mxfp4 rebuilt". */
const experts = (keys: string): readonly string[] =>
  scenariosOf(keys).flatMap(({ method, scenario: { method: run } }) => {
    const packed = run.kind === "full" ? undefined : run.experts;
    return packed === undefined ? [] : [`${method}: ${packed.stored} ${packed.read}`];
  });

const QWEN = "model=qwen3-30b-a3b";

describe("experts by library", () => {
  test.each([
    ["transformers", []],
    ["trl", []],
    ["llama-factory", []],
    ["axolotl", []],
    ["unsloth", ["qlora: 4bit rebuilt"]],
    ["unsloth-2024", ["qlora: 4bit rebuilt"]],
    ["trl-0.13", ["qlora: 4bit rebuilt"]],
    ["article", []],
  ])("%s: %j", (stack, packed) => expect(experts(`${QWEN}&stack=${stack}`)).toEqual(packed));

  test.each([
    ["a dense model", "model=llama-3.1-8b&stack=unsloth"],
    ["an int8 base", `${QWEN}&method=qlora&quant=int8&stack=unsloth`],
    ["experts that the version has as linears", "model=mixtral-8x7b&stack=transformers-4.46"],
    ["experts without a gate, which Unsloth leaves", "model=nemotron-3-nano-30b-a3b&stack=unsloth"],
    ["experts that were fused in version 4, too", "model=granite-3.0-1b-a400m&stack=transformers-4.46"],
  ])("are not packed: %s", (_, keys) => expect(experts(keys)).toEqual([]));

  test("keeps those of gpt-oss as they are published with LoRA on Unsloth alone", () => {
    const model = "model=gpt-oss-20b&show=lora";
    expect(experts(`${model}&stack=unsloth`)).toEqual(["lora: mxfp4 rebuilt"]);
    expect(experts(`${model}&stack=trl`)).toEqual([]);
  });
});

test("LLaMA-Factory has adapters on modules alone, shared experts among them", () => {
  const trained = (keys: string) => focusOf(keys).estimate.trainableParams;
  // Attention of 48 layers, rank 16: 2048 to 4096, 2048 to 512 twice, 4096 to 2048.
  const attention = 48 * 16 * (2048 + 4096 + 2 * (2048 + 512) + 4096 + 2048);
  expect(trained(`${QWEN}&stack=llama-factory`)).toBe(attention);
  expect(trained(`${QWEN}&stack=llama-factory&targets=attention`)).toBe(attention);
  expect(trained(`${QWEN}&stack=trl`)).toBeGreaterThan(50 * attention);
});

describe("4 bits of experts", () => {
  /** What 4 bits of QLoRA's experts are by themselves. */
  const own = (keys: string): unknown => {
    const run = scenarioOf(`${QWEN}&method=qlora&${keys}`).method;
    return run.kind === "qlora" ? run.experts?.own : null;
  };
  const NF4_TWICE = { kind: "bnb-4bit", bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: true };

  test.each(["dq=0", "quant=fp4", "quant=int8"])("are Axolotl’s own, whatever the linears are: %s", (linears) =>
    expect(own(`stack=axolotl&experts=4bit&${linears}`)).toEqual(NF4_TWICE),
  );

  test.each(["stack=axolotl&experts=8bit&quant=int8", "stack=unsloth&dq=0", "experts=4bit&dq=0"])(
    "are those of the linears, or none: %s",
    (keys) => expect(own(keys)).toBeUndefined(),
  );
});

describe("experts that a link asks for", () => {
  test.each([
    [`${QWEN}&experts=4bit`, ["qlora: 4bit saved"]],
    [`${QWEN}&stack=axolotl&experts=8bit`, ["qlora: 8bit saved"]],
    [`${QWEN}&experts=4bit&expertread=rebuilt`, ["qlora: 4bit rebuilt"]],
    [`${QWEN}&stack=unsloth&expertread=saved`, ["qlora: 4bit saved"]],
    [`${QWEN}&stack=unsloth&experts=16bit`, []],
    ["model=gpt-oss-20b&experts=mxfp4&expertread=rebuilt", ["lora: mxfp4 rebuilt", "qlora: mxfp4 rebuilt"]],
  ])("%s: %j", (keys, packed) => {
    expect(experts(keys)).toEqual(packed);
    expect(saidOf(keys)).toEqual([]);
  });

  test.each([
    [
      "experts=4bit",
      "experts=4bit is for experts that are fused into one parameter, and this model has none; experts=16bit is used.",
    ],
    [`${QWEN}&show=full,lora&experts=4bit`, "experts=4bit belongs to a quantised base; experts=16bit is used."],
    [`${QWEN}&stack=article&experts=8bit`, "experts=8bit belongs to a quantised base; experts=16bit is used."],
    [
      `${QWEN}&stack=unsloth&experts=mxfp4`,
      "experts=mxfp4 is how gpt-oss is published, and this model is not; experts=4bit is used.",
    ],
    [
      "model=gpt-oss-20b&experts=mxfp4",
      "experts=mxfp4 can be trained on only where experts are rebuilt in backward; experts=16bit is used.",
    ],
    ["model=gpt-oss-20b&show=full&experts=mxfp4", "experts=mxfp4 cannot be trained itself; experts=16bit is used."],
    [
      `${QWEN}&expertread=rebuilt`,
      "expertread=rebuilt is for packed experts, and here there are none; it is left out.",
    ],
  ])("is told where it has no effect: %s", (keys, words) => expect(saidOf(keys)).toEqual([words]));
});

describe("the scenario that estimate --json prints", () => {
  const valuesOf = (keys: string) => {
    const { experts: stored, expertread } = estimateJson(settledOf(keys), []).scenario;
    return [stored, expertread];
  };

  test("has experts as they are counted for this model and the method in focus", () => {
    expect(valuesOf(`${QWEN}&method=qlora&stack=unsloth`)).toEqual(["4bit", "rebuilt"]);
    expect(valuesOf(`${QWEN}&method=lora&stack=unsloth`)).toEqual(["16bit", null]);
    expect(valuesOf("method=qlora&stack=unsloth")).toEqual(["16bit", null]);
    expect(valuesOf("model=gpt-oss-20b&method=lora&stack=unsloth")).toEqual(["mxfp4", "rebuilt"]);
  });
});

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

const peakOf = (keys: string): number => focusOf(keys).estimate.peakBytes;

const SHARED_EXPERTS_QWEN = "model=qwen3-30b-a3b&gpus=8";
const FULL = `${SHARED_EXPERTS_QWEN}&method=full&show=full`;
const LORA = `${SHARED_EXPERTS_QWEN}&method=lora&show=lora`;

describe("experts that GPUs share out", () => {
  test("are in the scenario beside FSDP 2 as transformers sets it up by itself", () => {
    expect(scenarioOf(`${FULL}&ep=4`)).toMatchObject({
      gpus: 8,
      sharding: "fsdp2",
      division: { tp_size: 1, ep_size: 4 },
      fsdp: { reduce: "bf16", keepsTypes: true, castsInputs: false, endsApart: true, reducesEachMicroStep: false },
    });
    expect(scenarioOf(`${FULL}&ep=4&weights=fp32`).fsdp).toMatchObject({ reduce: "fp32", castsInputs: true });
    expect(scenarioOf(`${FULL}&stack=trl&ep=4`).division).toMatchObject({ ep_size: 4 });
    expect(scenarioOf(`${FULL}&tp=2&ep=4`).division).toMatchObject({ tp_size: 2, ep_size: 4 });
    expect(scenarioOf(`${LORA}&targets=attention&ep=8`).division).toMatchObject({ ep_size: 8 });
  });

  test("change nothing where each GPU has all of them", () => {
    expect(scenarioOf(`${FULL}&ep=1`)).toEqual(scenarioOf(FULL));
    expect(scenarioOf(FULL)).not.toHaveProperty("fsdp");
    expect(scenarioOf(`${FULL}&ep=3`)).toEqual(scenarioOf(FULL));
  });

  test("are gathered in parts: more GPUs that share them never take more", () => {
    const peaks = [2, 4, 8].map((ep) => peakOf(`${FULL}&ep=${ep}&ckpt=0`));
    expect(peaks.toSorted((one, other) => other - one)).toEqual(peaks);
    expect(peakOf(`${FULL}&weights=fp32&ep=2`)).toBeLessThan(peakOf(`${FULL}&weights=fp32`));
  });

  test("are counted once: parameters are those of the model", () => {
    const params = (keys: string): unknown => focusOf(keys).estimate.params;
    expect(params(`${FULL}&ep=8`)).toBe(params(FULL));
  });

  test("stand in the JSON beside what divides the model otherwise", () => {
    const json = estimateJson(answerOf(`${FULL}&ep=4`), []);
    expect(json.scenario).toMatchObject({ ep: 4 });
    expect(json.methods[0]).toMatchObject({ division: { tp: 1, ep: 4, data: 8 } });
    expect(json.link).toContain("&ep=4");
  });

  test.each([
    [`${FULL}&ep=3`, "ep=3 does not divide 128 experts; ep=1 is used."],
    ["method=full&show=full&gpus=8&ep=2", "ep=2 is for fused experts, and this model has none; ep=1 is used."],
    [
      `${FULL}&stack=unsloth&ep=8`,
      "ep=8 belongs to transformers’ own expert parallelism: Unsloth does not divide experts; ep=1 is used.",
    ],
    [
      `${FULL}&stack=torchtitan&ep=8`,
      "ep=8 belongs to transformers’ own expert parallelism: how torchtitan divides experts is not here; ep=1 is used.",
    ],
    [
      `${FULL}&shard=zero3&ep=8`,
      "ep=8 goes with shard=fsdp2 alone, which transformers puts around experts as it loads them; ep=1 is used.",
    ],
    [`${FULL}&offload=all&ep=8`, "ep=8 is not counted with a part in host memory; ep=1 is used."],
    [
      `${LORA}&ep=8`,
      "ep=8 goes with adapters beside linears alone: PEFT’s beside experts cannot be added to a part of them; ep=1 is used.",
    ],
    [
      `${LORA}&targets=attention&dora=1&ep=8`,
      "ep=8 goes with plain LoRA: another tuner beside a divided model is not held against a run; ep=1 is used.",
    ],
    [
      `${LORA}&targets=attention&save=lm_head&ep=8`,
      "ep=8 does not go with modules_to_save, whole copies of what ranks share; ep=1 is used.",
    ],
    [
      `${SHARED_EXPERTS_QWEN}&method=qlora&show=qlora&ep=8`,
      "ep=8 is for weights in 16 bits or more: PEFT finds no quantised matrix in a base that is loaded in parts; ep=1 is used.",
    ],
    [
      `${SHARED_EXPERTS_QWEN}&method=full&show=full,qlora&ep=8`,
      "ep=8 is for weights in 16 bits or more: PEFT finds no quantised matrix in a base that is loaded in parts, so QLoRA goes without it; ep=1 is used.",
    ],
  ])("%s: %s", (keys, sentence) => expect(saidOf(keys)).toContain(sentence));

  test("are refused by name where some of the shown methods go without, and once where all do", () => {
    const unlike = saidOf(`${SHARED_EXPERTS_QWEN}&ep=8`);
    expect(unlike).toEqual([
      "ep=8 goes with adapters beside linears alone: PEFT’s beside experts cannot be added to a part of them, so LoRA goes without it; ep=1 is used.",
      "ep=8 is for weights in 16 bits or more: PEFT finds no quantised matrix in a base that is loaded in parts, so QLoRA goes without it; ep=1 is used.",
    ]);
    const [full, lora] = scenariosOf(`${SHARED_EXPERTS_QWEN}&ep=8`);
    expect([full?.scenario.division?.ep_size, lora?.scenario.division?.ep_size]).toEqual([8, undefined]);
    expect(saidOf(`${SHARED_EXPERTS_QWEN}&ep=3`)).toEqual(["ep=3 does not divide 128 experts; ep=1 is used."]);
    expect(saidOf("gpus=8&ep=2")).toEqual(["ep=2 is for fused experts, and this model has none; ep=1 is used."]);
    expect(saidOf(`${SHARED_EXPERTS_QWEN}&shard=zero3&ep=8`)).toHaveLength(1);
    expect(saidOf(`${SHARED_EXPERTS_QWEN}&tp=3&ep=8`)).toContain(
      "tp=3 does not divide 32 attention heads; tp=1 is used.",
    );
  });

  test("are asked for in silence where they are shared out", () => {
    expect(saidOf(`${FULL}&ep=8`)).toEqual([]);
    expect(saidOf(FULL)).toEqual([]);
  });
});
