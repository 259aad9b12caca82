import type { Family } from "./family.ts";
import { causalLm } from "./parts/causal-lm.ts";
import { embedding } from "./parts/embedding.ts";
import { uniformLayers } from "./parts/layers.ts";
import { linears } from "./parts/linears.ts";
import { rmsNorm } from "./parts/norms.ts";
import { fusedTargets } from "./parts/targets.ts";
import { widths } from "./parts/widths.ts";

/**
 * The first Qwen: Llama's shape with q, k, v (and a bias) in `c_attn`, GPT-2's names. `intermediate_size` here is the width of one of `w1`, `w2`: half of
 * what the config says. `c_proj` exists twice, so the presets say which.
 * @see modeling_qwen.py, remote code of Qwen/Qwen-7B
 */
export const qwen: Family = {
  model_types: ["qwen"],
  layout: (a) => {
    const { hidden, query, intermediate } = widths(a);
    return causalLm(a, {
      embeddings: [embedding("wte", a.vocab_size, hidden)],
      layers: uniformLayers(a, [
        rmsNorm("ln_1", hidden),
        ...linears("attention", "attn", { c_attn: [hidden, 3 * query, true], c_proj: [query, hidden] }),
        rmsNorm("ln_2", hidden),
        ...linears("mlp", "mlp", {
          w1: [hidden, intermediate],
          w2: [hidden, intermediate],
          c_proj: [intermediate, hidden],
        }),
      ]),
      final: [rmsNorm("ln_f", hidden)],
    });
  },
  targets: fusedTargets(["c_attn", "attn.c_proj"], ["w1", "w2", "mlp.c_proj"]),
};
