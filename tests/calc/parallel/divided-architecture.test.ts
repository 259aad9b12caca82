import { expect, test } from "vitest";
import { dividedArchitecture } from "#calc/parallel/divided-architecture.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { FAMILIES } from "../workings.ts";

test("The first of ranks has its share of heads, and widths and words rounded up", () => {
  expect(dividedArchitecture(FAMILIES, LLAMA_2_7B, { tp_size: 1 })).toBe(LLAMA_2_7B);
  expect(dividedArchitecture(FAMILIES, LLAMA_2_7B, { tp_size: 2 })).toMatchObject({
    hidden_size: 4096,
    num_attention_heads: 16,
    num_key_value_heads: 16,
    intermediate_size: 5504,
    vocab_size: 16_000,
  });
  expect(dividedArchitecture(FAMILIES, { ...LLAMA_2_7B, vocab_size: 32_001 }, { tp_size: 2 }).vocab_size).toBe(16_001);
});

test("A rank's part of a model is made once, so that what follows from it is known again", () => {
  expect(dividedArchitecture(FAMILIES, LLAMA_2_7B, { tp_size: 4 })).toBe(
    dividedArchitecture(FAMILIES, LLAMA_2_7B, { tp_size: 4 }),
  );
});
