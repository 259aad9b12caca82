import { describe, expect, test } from "vitest";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const attentionOf = (link: string): string | undefined =>
  toAnswer(decodeLink(`?v=1&${link}`, FULL_CATALOG).value, FULL_CATALOG).methods[0]?.scenario.attn_implementation;

describe("attention that nobody chose", () => {
  test.each([
    ["model=gemma-2-9b", "eager"],
    ["model=gemma-2-9b&gpu=t4", "eager"],
    ["model=gpt-oss-20b&stack=trl", "eager"],
    ["model=gemma-2-9b&stack=transformers-4.48", "eager"],
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
    expect(attentionOf("model=gemma-2-9b&attn=sdpa")).toBe("sdpa");
  });
});

test("the types without SDPA are those of transformers", () => {
  const types = ["gemma2", "gpt_oss", "bloom", "gpt_neo"];
  for (const type of types) expect(ENGINE.withoutSdpa(type)).not.toBeNull();
  for (const type of ["gemma", "gemma3", "llama"]) expect(ENGINE.withoutSdpa(type)).toBeNull();
});
