import { describe, expect, test } from "vitest";
import { GIB } from "#calc/base/quantity.ts";
import { unslothChunks } from "#calc/step/settled-loss.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const LLAMA_3_VOCABULARY = 128_256;

describe("The chunks of Unsloth's loss", () => {
  test.each([
    // 8,000 × 128,256 × 4 B = 3.82 GiB of fp32 logits.
    ["are one up to 4 GiB of fp32 logits", 8000, 40, 1],
    ["are four from there on: 16,384 tokens have 7.83 GiB", 16_384, 40, 4],
    ["are as many as it takes, in fours: 65,536 tokens have 31.3 GiB, 7.8 times as much", 65_536, 40, 8],
    ["are more where half of what is free is less: 2 GiB of 4", 16_384, 4, 4],
    ["are more still: 0.5 GiB of 1", 16_384, 1, 16],
    ["are a token each where nothing is free", 100, 0, 100],
  ])("%s", (_, tokens, freeGib, chunks) => {
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
