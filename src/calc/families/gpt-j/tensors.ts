import type { Layout } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { embedding } from "#calc/families/parts/tensors/embedding.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { layerNorm } from "#calc/families/parts/tensors/norms.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** GPT-J: attention and MLP side by side behind one norm, a head with bias. @see transformers 5.24, modeling_gptj.py */
export const layout: Layout = (architecture) => {
  const a = { lm_head_bias: true, ...architecture };
  const { hidden, query, intermediate } = widths(a);
  return causalLm(a, {
    embeddings: [embedding("wte", a.vocab_size, hidden)],
    layers: uniformLayers(a, [
      layerNorm("ln_1", hidden),
      ...linears("attn", {
        k_proj: [hidden, query],
        v_proj: [hidden, query],
        q_proj: [hidden, query],
        out_proj: [query, hidden],
      }),
      ...linears("mlp", { fc_in: [hidden, intermediate, true], fc_out: [intermediate, hidden, true] }),
    ]),
    final: [layerNorm("ln_f", hidden)],
  });
};
