import type { Layout } from "#calc/families/family.ts";
import { neoxBlocks } from "#calc/families/gpt-neox/tensors.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { embedding } from "#calc/families/parts/tensors/embedding.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { layerNorm } from "#calc/families/parts/tensors/norms.ts";

/** BLOOM: ALiBi instead of positions, and a norm right after the embedding. @see transformers 5.24, modeling_bloom.py */
export const layout: Layout = (a) =>
  causalLm(a, {
    embeddings: [
      embedding("word_embeddings", a.vocab_size, a.hidden_size),
      layerNorm("word_embeddings_layernorm", a.hidden_size),
    ],
    layers: uniformLayers(a, [
      layerNorm("input_layernorm", a.hidden_size),
      layerNorm("post_attention_layernorm", a.hidden_size),
      ...neoxBlocks(a, "self_attention", true),
    ]),
    final: [layerNorm("ln_f", a.hidden_size)],
  });
