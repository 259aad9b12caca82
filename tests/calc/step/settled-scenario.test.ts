import { describe, expect, test } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import { unslothChunks } from "#calc/step/settled-scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const LLAMA_3_VOCABULARY = 128_256;

describe("The chunks of Unsloth's loss", () => {
  test.each([
    // 8,000 × 128,256 × 4 B = 3.82 GiB of fp32 logits.
    { it: "are one up to 4 GiB of fp32 logits", tokens: 8000, freeGib: 40, chunks: 1 },
    { it: "are four from there on: 16,384 tokens have 7.83 GiB", tokens: 16_384, freeGib: 40, chunks: 4 },
    { it: "are as many as it takes, in fours: 65,536 tokens have 31.3 GiB", tokens: 65_536, freeGib: 40, chunks: 8 },
    { it: "are more where half of what is free is less: 0.5 GiB of 1", tokens: 16_384, freeGib: 1, chunks: 16 },
    { it: "are a token each where nothing is free", tokens: 100, freeGib: 0, chunks: 100 },
  ])("$it", ({ tokens, freeGib, chunks }) => {
    expect(unslothChunks(tokens, LLAMA_3_VOCABULARY, freeGib * GIB)).toBe(chunks);
  });
});

describe("Unsloth's logits", () => {
  const gib = (keys: string): number => {
    const { value } = decodeLink(`?v=1&show=lora&${keys}`, FULL_CATALOG);
    return (toAnswer(value, FULL_CATALOG).methods[0]?.estimate.onCardBytes ?? 0) / GIB;
  };

  test("are cut at 4,096 tokens × 4, so that a run takes less than TRL's with its fused head", () => {
    const keys = "gpu=h100-sxm&batch=4&seq=4096";
    expect(gib(`${keys}&stack=unsloth`)).toBeLessThan(gib(`${keys}&stack=trl`));
  });

  test("are smaller on a card with less room", () => {
    const keys = "stack=unsloth&model=llama-3.2-1b&batch=4&seq=4096";
    expect(gib(`${keys}&gpu=rtx-4060`)).toBeLessThan(gib(`${keys}&gpu=h100-sxm`));
  });
});
