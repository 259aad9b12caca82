import type { Architecture } from "#calc/model/architecture.ts";
import type { LayerLayout, ModelLayout, Module } from "#calc/model/layout.ts";
import { embedding } from "./embedding.ts";
import { linear } from "./linear.ts";
import { normOf } from "./norms.ts";

/** The modules of a `...ForCausalLM`. Those that are left out are Llama's: `embed_tokens`, `norm`, `lm_head`. */
export type CausalLm = Readonly<{
  layers: readonly LayerLayout[];
  embeddings?: readonly Module[];
  final?: readonly Module[];
  head?: string;
}>;

/** Puts embeddings, layers, final norm and output head together; a tied head has the embedding's width. */
export const causalLm = (a: Architecture, { layers, embeddings, final, head = "lm_head" }: CausalLm): ModelLayout => {
  return {
    embeddings: embeddings ?? [embedding("embed_tokens", a.vocab_size, a.hidden_size)],
    layers,
    final: final ?? [normOf(a.norm_type)("norm", a.hidden_size)],
    head: {
      module: {
        ...linear(head, [a.word_embed_proj_dim ?? a.hidden_size, a.vocab_size, a.lm_head_bias]),
        isHead: true,
      },
      tied: a.tie_word_embeddings,
    },
  };
};
