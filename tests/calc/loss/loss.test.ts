import { describe, expect, test } from "vitest";
import type { LossContext } from "#calc/loss/loss-memory.ts";
import { lossMemory } from "#calc/loss/loss.ts";
import type { LossPath } from "#calc/scenario.ts";

const CONTEXT: LossContext = {
  micro_batch_size: 1,
  sequence_length: 4096,
  vocab_size: 128_256,
  hidden_size: 4096,
  logitsBytes: 2,
  headBytes: 2,
  isHeadTrained: false,
  isSoftcapped: false,
};
const LOGITS = 4096 * 128_256;
/** The padded labels, 4,097 × 8 B in whole blocks. */
const LABELS = 33_280;
const full = (transformers: "5" | "4.46" | "4.45", outputsKept = false): LossPath => ({
  kind: "full",
  transformers,
  outputsKept,
});
const peaks = (path: LossPath, context: LossContext = CONTEXT): readonly [forward: number, backward: number] => {
  const { forward, backward } = lossMemory(path, context);
  return [(forward.bytes - LABELS) / LOGITS, (backward.bytes - LABELS) / LOGITS];
};

describe("Whole logits, bytes for each token and vocabulary entry", () => {
  test.each([
    { title: "transformers 5 needs 10 forward and 12 backward", path: full("5"), logitsBytes: 2, expected: [10, 12] },
    { title: "a fp32 head of transformers 5 needs 8 forward", path: full("5"), logitsBytes: 4, expected: [8, 12] },
    { title: "transformers 4.46 copies shifted logits: 14", path: full("4.46"), logitsBytes: 2, expected: [14, 12] },
    {
      title: "transformers 4.45 has replaced the 16-bit logits: 12",
      path: full("4.45"),
      logitsBytes: 2,
      expected: [12, 12],
    },
  ])("$title", ({ path, logitsBytes, expected }) => {
    expect(peaks(path, { ...CONTEXT, logitsBytes })).toEqual(expected);
  });

  test("a loop that keeps the outputs holds the logits through backward", () => {
    expect(peaks(full("5", true))).toEqual([10, 14]);
  });

  test("soft-capped logits save one more tensor of their dtype", () => {
    expect(peaks(full("5"), { ...CONTEXT, isSoftcapped: true })).toEqual([12, 14]);
  });
});

describe("Fused paths", () => {
  test("Liger makes the hidden gradient and one chunk of logits, the next power of two of T / ⌈V / h⌉", () => {
    const { forward, saved } = lossMemory({ kind: "fused", kernel: "liger" }, CONTEXT);
    expect(saved.bytes).toBe(4096 * 4096 * 2);
    expect(forward.bytes - saved.bytes).toBe(128 * 128_256 * 2);
  });

  test("Liger makes the gradient of a trained head in forward", () => {
    const trained = lossMemory({ kind: "fused", kernel: "liger" }, { ...CONTEXT, isHeadTrained: true });
    expect(trained.isHeadGradientInForward).toBe(true);
    expect(trained.saved.bytes).toBe(4096 * 4096 * 2 + 128_256 * 4096 * 2);
  });

  test("TRL's tile is 4,096 tokens by 32,768 entries, its hidden gradient fp32", () => {
    const { forward, backward } = lossMemory({ kind: "fused", kernel: "trl" }, CONTEXT);
    const states = 4096 * 4096 * 2;
    expect(forward.bytes).toBe(4096 * 32_768 * 2 + states);
    expect(backward.bytes).toBe(4096 * 32_768 * 2 + states + 4096 * 4096 * 4);
  });

  test("chunks need less than whole logits, and in-place loss less than both copies", () => {
    const [, whole] = peaks(full("5"));
    expect(peaks({ kind: "chunked", chunks: 8 })[1]).toBeLessThan(whole / 4);
    expect(peaks({ kind: "inplace" })[1]).toBeLessThan(whole);
  });
});
