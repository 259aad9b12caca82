import { expect, test } from "vitest";
import { estimated, type Moment, type MomentId } from "#calc/model/memory-estimate.ts";
import type { ModellingId } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { lora } from "../lora.ts";
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

test("Fused kernels keep no x A of attention's four adapters, whose width is the rank", () => {
  const tokens = 1024;
  const activationsOf = (modelling: ModellingId, r: number): number =>
    ENGINE.simulate(
      scenario({
        architecture: { ...ARCHITECTURE, num_hidden_layers: 1 },
        modelling,
        method: qloraMethod({ lora: lora({ r, adapters: "bf16" }) }),
        gradient_checkpointing: false,
        autocast: false,
        sequence_length: tokens,
      }),
    ).find(({ id }) => id === "forward")?.terms.activations ?? 0;
  const kept = (modelling: ModellingId): number => (activationsOf(modelling, 72) - activationsOf(modelling, 8)) / 64;
  expect(kept("transformers-4.48") - kept("foak-4.48")).toBe(4 * tokens * 2);
});

test("Unsloth's layer is lighter than that of transformers 5", () => {
  expect(peakOf("unsloth")).toBeLessThan(peakOf("transformers"));
});

test("GPT-BigCode of version 4 holds the projection of each layer, of which its cache is a view, until forward ends", () => {
  const santacoder = FULL_CATALOG.models["santacoder"]?.architecture;
  if (santacoder === undefined) throw new Error("the catalog has SantaCoder");
  const tokens = 4096;
  const momentOf = (modelling: ModellingId, layers: number, asked: MomentId): Moment | undefined => {
    const architecture = { ...santacoder, num_hidden_layers: layers, vocab_size: 128 };
    const moments = ENGINE.simulate(scenario({ architecture, modelling, sequence_length: tokens }));
    return moments.find(({ id }) => id === asked);
  };
  const ofLayer = (modelling: ModellingId): number =>
    (momentOf(modelling, 5, "forward")?.peakBytes ?? 0) - (momentOf(modelling, 4, "forward")?.peakBytes ?? 0);
  const { hidden_size, head_dim } = santacoder;
  // Queries, and one head of keys and of values, in 16 bit.
  expect(ofLayer("transformers-4.48") - ofLayer("transformers")).toBe(tokens * (hidden_size + 2 * head_dim) * 2);
  expect(momentOf("transformers-4.48", 4, "backward")?.liveBytes).toBe(
    momentOf("transformers", 4, "backward")?.liveBytes,
  );
});
