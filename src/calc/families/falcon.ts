import type { Family } from "./family.ts";
import { NEOX_TARGETS, neoxBlocks } from "./gpt-neox.ts";
import { causalLm } from "./parts/causal-lm.ts";
import { embedding } from "./parts/embedding.ts";
import { uniformLayers } from "./parts/layers.ts";
import { layerNorm } from "./parts/norms.ts";

/**
 * Falcon: attention and MLP side by side, without biases (`FalconLinear` is an `nn.Linear`); 7B behind one norm, 40B and 180B (the
 * "new decoder architecture") behind one each. @see transformers 5.24, modeling_falcon.py
 */
export const falcon: Family = {
  model_types: ["falcon"],
  layout: (a) =>
    causalLm(a, {
      embeddings: [embedding("word_embeddings", a.vocab_size, a.hidden_size)],
      layers: uniformLayers(a, [
        ...neoxBlocks(a, "self_attention", false),
        ...(a.norms_per_layer === 1 ? ["input_layernorm"] : ["ln_attn", "ln_mlp"]).map((name) =>
          layerNorm(name, a.hidden_size),
        ),
      ]),
      final: [layerNorm("ln_f", a.hidden_size)],
    }),
  targets: NEOX_TARGETS,
};
