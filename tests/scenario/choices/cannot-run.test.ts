import { describe, expect, test } from "vitest";
import { METHODS } from "#calc/model/scenario.ts";
import { cardTraits } from "#catalog/gpu-support.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { cannotRun, missingFeatures, withoutLacks } from "#scenario/choices/cannot-run.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { ResolvedSubject } from "#scenario/choices/effective-choices.ts";
import { answerOf, choicesOf, focusOf, scenarioOf, scenariosOf, settledOf } from "../../answered.ts";

/** What the card lacks for each method shown. */
const lacks = (keys: string): readonly (string | null)[] => answerOf(keys).methods.map(({ card }) => card.cannotRun);

/** The card and the architecture that choices name. */
const subjectOf = (choices: Choices): ResolvedSubject => {
  const { gpu, model } = settledOf(choices);
  return { card: gpu.traits, architecture: model.architecture };
};

const onCardGib = (keys: string): readonly string[] =>
  answerOf(keys).methods.map(({ estimate }) => (estimate.onCardBytes / 2 ** 30).toFixed(1));

describe("What a T4 runs is what is counted", () => {
  test("math attention for grouped heads, as its memory-efficient kernel takes none: 24.5 GiB of scores at 8,192 tokens", () => {
    const keys = "model=llama-3.2-1b&gpu=t4&seq=8192&loss=fused&show=lora";
    expect(onCardGib(keys)).toEqual(["35.7"]);
    expect(answerOf(keys).methods[0]?.card.fit).toBe("over");
  });

  test("its memory-efficient kernel for heads that are not grouped, which keeps as little as flash; three scalars of the loss scaler, a block each", () => {
    const bytesOf = (gpu: string) =>
      answerOf(`model=llama-2-7b&gpu=${gpu}&show=lora,qlora`).methods.map(({ estimate }) => estimate.peakBytes);
    expect(bytesOf("t4")).toEqual(bytesOf("rtx-4090").map((bytes) => bytes + 3 * 512));
  });

  test("fp32 for what is trained, in fp16 under a loss scaler, which refuses gradients of 16 bits", () => {
    const [full, lora] = scenariosOf("gpu=t4&model=llama-2-7b");
    expect(full?.scenario).toMatchObject({ weights: "fp32", autocast: true });
    expect(lora?.scenario).toMatchObject({ weights: "fp16", method: { lora: { adapters: "fp32" } } });
  });

  test("what a library has for it: torchtune trains in fp32, Unsloth repeats heads for xformers' kernel", () => {
    expect(scenarioOf("gpu=t4&stack=torchtune")).toMatchObject({ weights: "fp32" });
    const unsloth = focusOf("gpu=t4&stack=unsloth");
    expect(unsloth.scenario.attn_implementation).toBe("efficient");
    expect(unsloth.card.cannotRun).toBeNull();
  });

  test("and no default of any library lacks anything there", () => {
    for (const stack of [
      "transformers",
      "trl",
      "unsloth",
      "axolotl",
      "llama-factory",
      "torchtune",
      "litgpt",
      "deepspeed",
    ] as const)
      for (const method of METHODS) {
        const choices = choicesOf({ gpu: { kind: "catalog", id: "t4" }, stack });
        expect(cannotRun(choices, method, subjectOf(choices))).toBeNull();
      }
  });
});

describe("A card cannot run what was chosen against it", () => {
  test.each([
    ["gpu=t4&attn=flash", "no flash kernel"],
    ["gpu=t4&attn=sdpa", "no flash kernel"],
    ["gpu=t4&model=llama-2-7b&attn=sdpa", null],
    ["gpu=t4&attn=math", null],
    ["gpu=t4&attn=eager", null],
    ["gpu=t4&compute=bf16", "no bf16"],
    ["gpu=t4&weights=bf16", "no bf16"],
    ["gpu=t4&adapters=bf16", "no bf16"],
    ["gpu=t4&adapters=fp16", "no bf16, and a loss scaler refuses gradients in fp16"],
    ["gpu=t4&adapters=fp16&autocast=0", null],
    ["gpu=t4&stack=article", null],
    ["gpu=t4&gpus=2&cp=2", "no flash kernel, which a divided sequence needs"],
    ["gpu=apple-m3-max-64gb", null],
    ["gpu=apple-m3-max-64gb&optim=adamw_bnb_8bit", "no bitsandbytes"],
    ["gpu=apple-m3-max-64gb&loss=fused", "no Triton kernels"],
    ["gpu=apple-m3-max-64gb&objective=dpo&ref=copy", null],
    ["gpu=apple-m3-max-64gb&objective=dpo&ref=copy-4bit", "no bitsandbytes"],
    ["gpu=apple-m3-max-64gb&stack=trl", null],
    ["gpu=apple-m3-max-64gb&stack=unsloth", "no bitsandbytes"],
    ["gpu=apple-m3-max-64gb&stack=unsloth&optim=adamw_torch", "no Triton kernels"],
    ["gpu=a100-80gb-mig-3g-40gb&gpus=2", "slices of a card cannot reach each other"],
    ["gpu=a100-80gb-sxm&attn=flash&compute=bf16", null],
    ["gpu=custom&vram=8&attn=flash", null],
  ])("%s: %s", (keys, lack) => {
    expect(lacks(`${keys}&show=lora`)).toEqual([lack]);
  });

  test("QLoRA where there is no bitsandbytes, whose bytes are what they were", () => {
    expect(lacks("gpu=apple-m3-max-64gb&show=full,lora,qlora")).toEqual([null, null, "no bitsandbytes"]);
    expect(lacks("gpu=apple-m3-max-64gb&method=qlora&quant=gptq&show=qlora")).toEqual([null]);
  });

  test("its bytes are those of what was chosen", () => {
    expect(onCardGib("gpu=t4&attn=flash&show=lora")).toEqual(onCardGib("gpu=rtx-4090&show=lora"));
  });
});

describe("What was chosen against the card, taken back", () => {
  const backOf = (keys: string) => {
    const value = choicesOf(keys);
    const subject = subjectOf(value);
    const patch = withoutLacks(missingFeatures(value, value.method, subject));
    return { patch, after: missingFeatures({ ...value, ...patch }, value.method, subject) };
  };

  test("is all that the card lacks at once, and then it lacks nothing", () => {
    const { patch, after } = backOf("gpu=t4&attn=flash&weights=bf16&compute=bf16");
    expect(patch).toEqual({ attn: null, weights: null, compute: null });
    expect(after).toEqual([]);
    expect(backOf("gpu=a100-80gb-mig-3g-40gb&gpus=2&shard=zero3").patch).toEqual({ gpus: 1, shard: null });
    expect(backOf("gpu=apple-m3-max-64gb&optim=adamw_bnb_8bit&loss=fused").after).toEqual([]);
  });

  test("is nothing where no other choice of the method helps", () => {
    expect(backOf("gpu=apple-m3-max-64gb&method=qlora").patch).toBeNull();
    expect(backOf("gpu=apple-m3-max-64gb&stack=unsloth").patch).toBeNull();
  });
});

test("AMD: kernels where PyTorch's AOTriton has them for the chip without being asked", () => {
  const sdpa = (id: string) => cardTraits(FULL_CATALOG.gpus[id] as (typeof FULL_CATALOG.gpus)["t4"]).sdpa;
  expect(
    Object.keys(FULL_CATALOG.gpus).filter((id) => FULL_CATALOG.gpus[id]?.vendor === "AMD" && sdpa(id) === "math"),
  ).toEqual(["mi100", "rx-9070-xt", "r9700", "strix-halo-128"]);
});
