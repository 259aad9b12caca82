import { expect, test } from "vitest";
import { GIB } from "#calc/quantity.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { StackRow } from "#catalog/stack-row.ts";
import { STACKS } from "#catalog/stacks.ts";
import { DEFAULT_CHOICES } from "#scenario/defaults.ts";
import { toAnswer } from "#scenario/to-answer.ts";

/** One stack of each modelling code. */
const STACK_IDS = [
  ...new Map(
    Object.entries(STACKS as Readonly<Record<string, StackRow>>).map(([id, row]) => [row.modelling, id]),
  ).values(),
];

/** One model of each type that the catalog has. */
const MODELS = [
  ...new Map(
    Object.entries(FULL_CATALOG.models).map(([id, { architecture: a }]) => [
      `${a.model_type} ${a.norms_per_layer}`,
      id,
    ]),
  ).values(),
];

test(
  "every library's code gives an answer for every type of model: the list of libraries leaves none out",
  { timeout: 120_000 },
  () => {
    expect(STACK_IDS.length).toBeGreaterThan(6);
    expect(MODELS.length).toBeGreaterThan(60);
    for (const id of MODELS)
      for (const stack of STACK_IDS) {
        const choices = { ...DEFAULT_CHOICES, model: { kind: "catalog", id }, stack, show: ["lora"] } as const;
        const peakBytes = toAnswer(choices, FULL_CATALOG).methods[0]?.estimate.peakBytes;
        expect(peakBytes, `${stack} ${id}`).toBeGreaterThan(0);
      }
  },
);

test("a loss that never makes all logits takes less than one that does, LitGPT's quantised head included", () => {
  for (const stack of ["litgpt", "transformers", "plain"] as const) {
    const [full = 0, fused = 0] = (["full", "fused"] as const).map((loss) => {
      const choices = { ...DEFAULT_CHOICES, stack, loss, seq: 32_768, show: ["qlora"], method: "qlora" } as const;
      return toAnswer(choices, FULL_CATALOG).methods[0]?.estimate.peakBytes ?? 0;
    });
    expect(full - fused, stack).toBeGreaterThan(10 * GIB);
  }
});
