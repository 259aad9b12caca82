import type { Layout } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { embedding } from "#calc/families/parts/tensors/embedding.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { layerNorm } from "#calc/families/parts/tensors/norms.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/**
 * GPT-2, whose linears are `Conv1D` (weights stored transposed; quantised and adapted like linears), and GPT-BigCode (SantaCoder,
 * StarCoder 1), the same with one key-value head. `c_proj` exists twice, so the presets say which.
 * @see transformers 5.24, modeling_gpt2.py, modeling_gpt_bigcode.py
 */
export const layout: Layout = (a) => {
  const { hidden, query, keyValue, intermediate } = widths(a);
  return causalLm(a, {
    embeddings: [
      embedding("wte", a.vocab_size, hidden),
      embedding("wpe", a.learned_positions ?? a.max_position_embeddings, hidden),
    ],
    layers: uniformLayers(a, [
      layerNorm("ln_1", hidden),
      ...linears("attn", {
        c_attn: [hidden, query + 2 * keyValue, true],
        c_proj: [query, hidden, true],
      }),
      layerNorm("ln_2", hidden),
      ...linears("mlp", { c_fc: [hidden, intermediate, true], c_proj: [intermediate, hidden, true] }),
    ]),
    final: [layerNorm("ln_f", hidden)],
  });
};
