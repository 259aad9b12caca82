import { describe, expect, test } from "vitest";
import { countedAs } from "#advice/run-assumptions.ts";
import { answerOf } from "../answered.ts";

const wordsOf = (link: string): string | null => {
  const counted = countedAs(answerOf(link));
  return counted?.sentence ?? null;
};

/** Llama 3.1 8B shares heads of keys, GPT-2 has one for each head of queries. */
const [GROUPED, SINGLE] = ["model=llama-3.1-8b", "model=gpt2"];
/** Gemma 3 4B has windows of 1,024 tokens in most layers. */
const WINDOWED = "model=gemma-3-4b";

describe("what the card decides for the method in focus", () => {
  test.each([
    [`${GROUPED}`, "an RTX 4090 runs it: bf16, flash attention."],
    [`${GROUPED}&method=full&weights=fp32`, "an RTX 4090 runs it: bf16, flash attention."],
    [`${GROUPED}&compute=fp32&weights=fp32`, "an RTX 4090 runs it: fp32, math attention."],
    [`${SINGLE}&compute=fp32&weights=fp32`, "an RTX 4090 runs it: fp32, memory-efficient attention."],
    [`${GROUPED}&batch=2&packing=0`, "an RTX 4090 runs it: bf16, memory-efficient attention."],
    [`${GROUPED}&batch=2&packing=0&attn=flash_attention_2`, "an RTX 4090 runs it: bf16, flash attention."],
    [`${WINDOWED}&seq=1023`, "an RTX 4090 runs it: bf16, flash attention."],
    [`${WINDOWED}&seq=1024`, "an RTX 4090 runs it: bf16, flash attention, efficient in windows."],
    [
      `${WINDOWED}&seq=1024&compute=fp32&weights=fp32`,
      "an RTX 4090 runs it: fp32, math attention, efficient in windows.",
    ],
    [`${WINDOWED}&seq=1024&attn=math`, "an RTX 4090 runs it: bf16, math attention."],
    [`${GROUPED}&attn=eager`, "an RTX 4090 runs it: bf16, eager attention."],
    [`${GROUPED}&gpu=t4`, "a T4 runs it: fp16, math attention."],
    [`${SINGLE}&gpu=t4`, "a T4 runs it: fp16, memory-efficient attention."],
    [`${GROUPED}&gpu=custom&vram=24`, "a card of today runs it: bf16, flash attention."],
    [`${GROUPED}&gpu=tpu-v5e`, "a TPU v5e runs it: bf16, math attention (read from sources, not tried)."],
  ])("%s: counted as %s", (link, words) => {
    expect(wordsOf(link)).toBe(`Counted as ${words}`);
  });

  test.each(["stack=article", "gpu=tpu-v5e&method=qlora"])("nothing for %s", (link) => {
    expect(wordsOf(link)).toBeNull();
  });
});
