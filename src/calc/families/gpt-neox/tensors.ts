import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { embedding } from "#calc/families/parts/tensors/embedding.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { layerNorm } from "#calc/families/parts/tensors/norms.ts";
import { fusedTargets } from "#calc/families/parts/tensors/targets.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** The two blocks that GPT-NeoX, BLOOM and Falcon share: fused q, k, v and a plain MLP. */
export const neoxBlocks = (a: Architecture, attention: string, bias: boolean): readonly Module[] => {
  const { hidden, query, keyValue, intermediate } = widths(a);
  return [
    ...linears(attention, {
      query_key_value: [hidden, query + 2 * keyValue, bias],
      dense: [query, hidden, bias],
    }),
    ...linears("mlp", {
      dense_h_to_4h: [hidden, intermediate, bias],
      dense_4h_to_h: [intermediate, hidden, bias],
    }),
  ];
};

/** Presets of the three. */
export const NEOX_TARGETS = fusedTargets({ qkv: "query_key_value", output: "dense" }, [
  "dense_h_to_4h",
  "dense_4h_to_h",
]);

/** GPT-NeoX and Pythia. @see transformers 5.24, modeling_gpt_neox.py */
export const layout: Layout = (a) =>
  causalLm(a, {
    embeddings: [embedding("embed_in", a.vocab_size, a.hidden_size)],
    layers: uniformLayers(a, [
      layerNorm("input_layernorm", a.hidden_size),
      layerNorm("post_attention_layernorm", a.hidden_size),
      ...neoxBlocks(a, "attention", true),
    ]),
    final: [layerNorm("final_layer_norm", a.hidden_size)],
  });
