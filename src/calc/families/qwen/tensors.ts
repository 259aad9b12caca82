import type { Layout } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { embedding } from "#calc/families/parts/tensors/embedding.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/**
 * The first Qwen: Llama's shape with q, k, v (and a bias) in `c_attn`, GPT-2's names. `intermediate_size` here is the width of one of `w1`, `w2`: half of
 * what the config says. `c_proj` exists twice, so the presets say which.
 * @see modeling_qwen.py, remote code of Qwen/Qwen-7B
 */
export const layout: Layout = (a) => {
  const { hidden, query, intermediate } = widths(a);
  return causalLm(a, {
    embeddings: [embedding("wte", a.vocab_size, hidden)],
    layers: uniformLayers(a, [
      rmsNorm("ln_1", hidden),
      ...linears("attn", { c_attn: [hidden, 3 * query, true], c_proj: [query, hidden] }),
      rmsNorm("ln_2", hidden),
      ...linears("mlp", {
        w1: [hidden, intermediate],
        w2: [hidden, intermediate],
        c_proj: [intermediate, hidden],
      }),
    ]),
    final: [rmsNorm("ln_f", hidden)],
  });
};
