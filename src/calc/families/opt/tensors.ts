import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { embedding } from "#calc/families/parts/tensors/embedding.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { layerNorm } from "#calc/families/parts/tensors/norms.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

const layer = (a: Architecture): readonly Module[] => {
  const { hidden, query, intermediate } = widths(a);
  return [
    ...linears("self_attn", {
      k_proj: [hidden, query, true],
      v_proj: [hidden, query, true],
      q_proj: [hidden, query, true],
      out_proj: [query, hidden, true],
    }),
    layerNorm("self_attn_layer_norm", hidden),
    ...linears("", { fc1: [hidden, intermediate, true], fc2: [intermediate, hidden, true] }),
    layerNorm("final_layer_norm", hidden),
  ];
};

/**
 * OPT: learned positions (two rows more than positions, for padding) and, in the 350M, an embedding narrower than the layers. Its final
 * norm is counted though `do_layer_norm_before: false` of the 350M leaves it out: 2,048 parameters. @see transformers 5.24, modeling_opt.py
 */
export const layout: Layout = (a) => {
  const { hidden_size: hidden, word_embed_proj_dim: narrow = hidden } = a;
  const isNarrow = narrow !== hidden;
  return causalLm(a, {
    embeddings: [
      embedding("embed_tokens", a.vocab_size, narrow),
      embedding("embed_positions", a.learned_positions ?? a.max_position_embeddings + 2, hidden),
      ...(isNarrow ? linears("", { project_in: [narrow, hidden] }) : []),
    ],
    layers: uniformLayers(a, layer(a)),
    final: [layerNorm("final_layer_norm", hidden), ...(isNarrow ? linears("", { project_out: [hidden, narrow] }) : [])],
  });
};
