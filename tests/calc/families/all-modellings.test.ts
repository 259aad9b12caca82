import { expect, test } from "vitest";
import { estimated } from "#calc/model/estimated.ts";
import type { ModellingId } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
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

test("GPT-BigCode of version 4 holds the projection of each layer, of which its cache is a view, until forward ends", () => {
  const santacoder = FULL_CATALOG.models["santacoder"]?.architecture;
  if (santacoder === undefined) throw new Error("the catalog has SantaCoder");
  const tokens = 4096;
  const forwardOf = (modelling: ModellingId, layers: number): number => {
    const architecture = { ...santacoder, num_hidden_layers: layers, vocab_size: 128 };
    const moments = ENGINE.simulate(scenario({ architecture, modelling, sequence_length: tokens }));
    return moments.find(({ id }) => id === "forward")?.peakBytes ?? 0;
  };
  const ofLayer = (modelling: ModellingId): number => forwardOf(modelling, 5) - forwardOf(modelling, 4);
  const { hidden_size, head_dim } = santacoder;
  // Queries, and one head of keys and of values, in 16 bit.
  expect(ofLayer("transformers-4.48") - ofLayer("transformers")).toBe(tokens * (hidden_size + 2 * head_dim) * 2);
});
