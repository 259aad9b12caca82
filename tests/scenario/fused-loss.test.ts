import { expect, test } from "vitest";
import { GIB } from "#calc/base/quantity.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

test("a loss that never makes all logits takes less than one that does, LitGPT's quantised head included", () => {
  for (const stack of ["litgpt", "transformers", "plain"] as const) {
    const [full = 0, fused = 0] = (["full", "fused"] as const).map((loss) => {
      const choices = { ...DEFAULT_CHOICES, stack, loss, seq: 32_768, show: ["qlora"], method: "qlora" } as const;
      return toAnswer(choices, FULL_CATALOG).methods[0]?.estimate.peakBytes ?? 0;
    });
    expect(full - fused, stack).toBeGreaterThan(10 * GIB);
  }
});
