import { expect, test } from "vitest";
import { estimated } from "#calc/model/estimated.ts";
import type { ModellingId } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { qloraMethod, scenario } from "../scenario.ts";

/** Its highest moment is a layer's backward. */
const ARCHITECTURE = { ...LLAMA_2_7B, num_key_value_heads: 8, num_hidden_layers: 2, vocab_size: 128 };

const peakOf = (modelling: ModellingId): number =>
  estimated(
    ENGINE.estimate(scenario({ architecture: ARCHITECTURE, modelling, method: qloraMethod(), sequence_length: 4096 })),
  ).peakBytes;

test.each(["4.45", "4.48"] as const)("Fused kernels make a layer of transformers %s lighter", (version) => {
  expect(peakOf(`foak-${version}`)).toBeLessThan(peakOf(`transformers-${version}`));
});

test("Unsloth's layer is lighter than that of transformers 5", () => {
  expect(peakOf("unsloth")).toBeLessThan(peakOf("transformers"));
});
