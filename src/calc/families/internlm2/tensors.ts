import type { Layout } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { embedding } from "#calc/families/parts/tensors/embedding.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** InternLM2: Llama's shape with q, k, v in `wqkv` and Meta's names. @see modeling_internlm2.py, remote code of internlm/internlm2-7b */
export const layout: Layout = (a) => {
  const { hidden, query, keyValue, intermediate } = widths(a);
  return causalLm(a, {
    embeddings: [embedding("tok_embeddings", a.vocab_size, hidden)],
    layers: uniformLayers(a, [
      ...linears("attention", { wqkv: [hidden, query + 2 * keyValue], wo: [query, hidden] }),
      ...linears("feed_forward", {
        w1: [hidden, intermediate],
        w3: [hidden, intermediate],
        w2: [intermediate, hidden],
      }),
      rmsNorm("attention_norm", hidden),
      rmsNorm("ffn_norm", hidden),
    ]),
    head: "output",
  });
};
