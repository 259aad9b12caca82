import { describe, expect, test } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import { focusOf } from "../answered.ts";

const LAYERS = 80;
const HIDDEN = 8192;
const BF16 = 2;

/** QLoRA of Qwen2.5 72B on a card of 80 GB. */
const qlora = (stack: string, seq: number): MethodAnswer =>
  focusOf(`model=qwen2.5-72b&method=qlora&gpu=a100-80gb-sxm&stack=${stack}&seq=${seq}`);

const logitsOf = (stack: string): number =>
  qlora(stack, 8192).estimate.terms.find(({ id }) => id === "logits")?.bytes ?? 0;

describe("Unsloth of 2025", () => {
  test("keeps every layer's checkpoint on the GPU in its first step", () => {
    const more = qlora("unsloth-2025.10", 32_768).estimate.peakBytes - qlora("unsloth", 32_768).estimate.peakBytes;
    const checkpoints = LAYERS * 32_768 * HIDDEN * BF16;
    // Today's has that of the layer that runs there, too, and makes it again in backward.
    expect(more).toBeGreaterThan(0.95 * checkpoints);
    expect(more).toBeLessThanOrEqual(checkpoints);
  });

  test("does not fit 80 GB at 32,768 tokens, where today's does: a public report was out of memory there", () => {
    expect(qlora("unsloth-2025", 32_768).card.fit).toBe("over");
    expect(qlora("unsloth", 32_768).card.fit).not.toBe("over");
    // The report ran at 24,576: with the states of the optimizer, which come after the first step's peak, it is 0.1 GiB over.
    expect(qlora("unsloth-2025", 24_576).card.headroomBytes).toBeGreaterThan(-0.4 * GIB);
  });

  test("has no logits in memory until July: cut cross entropy makes them in registers", () => {
    expect(logitsOf("unsloth-2025")).toBeLessThan(0.01 * GIB);
  });
});
