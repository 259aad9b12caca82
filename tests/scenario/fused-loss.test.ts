import { expect, test } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import { focusOf } from "../answered.ts";

test("a loss that never makes all logits takes less than one that does, LitGPT's quantised head included", () => {
  for (const stack of ["litgpt", "transformers", "plain"] as const) {
    const [full = 0, fused = 0] = (["full", "fused"] as const).map((loss) => {
      return focusOf({ stack, loss, seq: 32_768, method: "qlora" }).estimate.peakBytes;
    });
    expect(full - fused, stack).toBeGreaterThan(10 * GIB);
  }
});
