import type { Family } from "./family.ts";
import { causalLm } from "./parts/causal-lm.ts";
import { embedding } from "./parts/embedding.ts";
import { uniformLayers } from "./parts/layers.ts";
import { linears } from "./parts/linears.ts";
import { rmsNorm } from "./parts/norms.ts";
import { fusedTargets } from "./parts/targets.ts";
import { widths } from "./parts/widths.ts";

/** InternLM2: Llama's shape with q, k, v in `wqkv` and Meta's names. @see modeling_internlm2.py, remote code of internlm/internlm2-7b */
export const internlm2: Family = {
  model_types: ["internlm2"],
  layout: (a) => {
    const { hidden, query, keyValue, intermediate } = widths(a);
    return causalLm(a, {
      embeddings: [embedding("tok_embeddings", a.vocab_size, hidden)],
      layers: uniformLayers(a, [
        ...linears("attention", "attention", { wqkv: [hidden, query + 2 * keyValue], wo: [query, hidden] }),
        ...linears("mlp", "feed_forward", {
          w1: [hidden, intermediate],
          w3: [hidden, intermediate],
          w2: [intermediate, hidden],
        }),
        rmsNorm("attention_norm", hidden),
        rmsNorm("ffn_norm", hidden),
      ]),
      head: "output",
    });
  },
  targets: fusedTargets(["wqkv", "wo"], ["w1", "w3", "w2"]),
};
