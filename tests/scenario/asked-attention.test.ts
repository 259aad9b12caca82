import { describe, expect, test } from "vitest";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";
import { choicesOf, saidOf, scenarioOf } from "../answered.ts";

const attentionOf = (link: string): string => scenarioOf(link).attn_implementation;

describe("attention that nobody chose", () => {
  test.each([
    ["model=gemma-2-9b", "eager"],
    ["model=gemma-2-9b&gpu=t4", "eager"],
    ["model=gpt-oss-20b&stack=trl", "eager"],
    ["model=gemma-2-9b&stack=transformers-4.46", "eager"],
    ["model=gemma-3-4b", "sdpa"],
    ["model=llama-3.1-8b", "sdpa"],
  ])("is SDPA, and eager where transformers has none for the model: %s", (link, attention) => {
    expect(attentionOf(link)).toBe(attention);
  });

  test("is a library's own where that runs layers of its own", () => {
    expect(attentionOf("model=gemma-2-9b&stack=unsloth")).toBe("flash");
    expect(attentionOf("model=gemma-2-9b&stack=litgpt")).toBe("sdpa");
  });

  test("is what was asked for where somebody chose", () => {
    expect(attentionOf("model=gemma-2-9b&attn=flash")).toBe("flash");
    expect(attentionOf("model=llama-3.1-8b&attn=sdpa")).toBe("sdpa");
  });
});

describe("SDPA that is asked for by name", () => {
  test.each(["transformers", "trl", "axolotl", "llama-factory", "deepspeed", "plain"])(
    "raises an error where %s runs the layers of transformers 5: eager attention is counted, and said",
    (stack) => {
      for (const attn of ["sdpa", "math"]) {
        const link = `model=gemma-2-9b&stack=${stack}&attn=${attn}`;
        expect(attentionOf(link)).toBe("eager");
        expect(saidOf(link)).toEqual([
          `attn=${attn} raises an error in transformers, which has no SDPA for models of type gemma2 (SDPA does not cap scores); attn=eager is used.`,
        ]);
      }
      expect(saidOf(`model=gemma-2-9b&stack=${stack}&attn=eager`)).toEqual([]);
    },
  );

  test("is said with the type's own reason", () => {
    expect(saidOf("model=bloom-7b1&attn=sdpa")[0]).toContain("(its attention is written out, with ALiBi); attn=eager");
    expect(saidOf("model=gpt-oss-20b&attn=sdpa")[0]).toContain("(SDPA has no sinks); attn=eager");
  });

  test.each(["unsloth", "litgpt", "torchtune", "torchtitan", "plain-torch", "transformers-4.46", "transformers-4.45"])(
    "is counted where other layers run, or versions before: %s",
    (stack) => {
      expect(attentionOf(`model=gemma-2-9b&stack=${stack}&attn=sdpa`)).toBe("sdpa");
      expect(saidOf(`model=gemma-2-9b&stack=${stack}&attn=sdpa`).join(" ")).not.toContain("attn=");
    },
  );

  test("is the page's usual attention nowhere that it cannot run", () => {
    const usual = (link: string): string =>
      pageAnswer({ choices: { ...choicesOf(link), show: ["lora"] } }, FULL_CATALOG).usualAttention;
    expect(usual("model=gemma-2-9b")).toBe("eager");
    expect(usual("model=gemma-2-9b&attn=sdpa")).toBe("eager");
    expect(usual("model=gemma-2-9b&attn=flash")).toBe("eager");
    expect(usual("model=llama-3.1-8b&attn=eager")).toBe("sdpa");
    expect(usual("stack=unsloth")).toBe("flash");
  });
});

test("the types without SDPA are those of transformers", () => {
  const types = ["gemma2", "gpt_oss", "bloom", "gpt_neo"];
  for (const type of types) expect(ENGINE.withoutSdpa(type)).not.toBeNull();
  for (const type of ["gemma", "gemma3", "llama"]) expect(ENGINE.withoutSdpa(type)).toBeNull();
});
