import type { Layout } from "#calc/families/family.ts";
import { neoxBlocks } from "#calc/families/gpt-neox/tensors.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { embedding } from "#calc/families/parts/tensors/embedding.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { layerNorm } from "#calc/families/parts/tensors/norms.ts";

/**
 * Falcon: attention and MLP side by side, without biases (`FalconLinear` is an `nn.Linear`); 7B behind one norm, 40B and 180B (the
 * "new decoder architecture") behind one each. @see transformers 5.24, modeling_falcon.py
 */
export const layout: Layout = (a) =>
  causalLm(a, {
    embeddings: [embedding("word_embeddings", a.vocab_size, a.hidden_size)],
    layers: uniformLayers(a, [
      ...neoxBlocks(a, "self_attention", false),
      ...(a.norms_per_layer === 1 ? ["input_layernorm"] : ["ln_attn", "ln_mlp"]).map((name) =>
        layerNorm(name, a.hidden_size),
      ),
    ]),
    final: [layerNorm("ln_f", a.hidden_size)],
  });
