import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { shapeOfModel } from "./forward.ts";
import { embedding } from "#calc/families/parts/tensors/embedding.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linear, linears } from "#calc/families/parts/tensors/linear.ts";
import { layerNorm, rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** The modules of a layer, by the names of transformers' Llama. LitGPT's presets call them `query`, `key`, `value` (one linear), `projection` and `mlp`. */
const layerModules = (a: Architecture): ReturnType<Layout>["layers"][number]["modules"] => {
  const { hidden, query, keyValue, intermediate } = widths(a);
  const { norm, gated, bias, sharedNorm, postNorms } = shapeOfModel(a);
  const normed = norm === "layer" ? layerNorm : rmsNorm;
  const qkvBias = bias || a.qkv_bias || a.attention_bias || false;
  const names = [
    "input_layernorm",
    ...(sharedNorm ? [] : ["post_attention_layernorm"]),
    ...(postNorms ? ["post_attention_norm", "post_mlp_norm"] : []),
  ];
  return [
    ...linears("self_attn", {
      q_proj: [hidden, query, qkvBias],
      k_proj: [hidden, keyValue, qkvBias],
      v_proj: [hidden, keyValue, qkvBias],
      o_proj: [query, hidden, bias],
    }),
    ...linears("mlp", {
      ...(gated && { gate_proj: [hidden, intermediate, bias] as const }),
      up_proj: [hidden, intermediate, bias],
      down_proj: [intermediate, hidden, bias],
    }),
    ...names.map((name) => normed(name, hidden)),
  ];
};

/**
 * LitGPT's one model file for all families. Queries, keys and values come from one product; the head is never tied, even where the checkpoint ties it; all
 * linears are quantised, and so is the head. Modules have the names of transformers' Llama here.
 *
 * @see litgpt 0.5.13, model.py, lora.py; config.py for each model
 */
export const layout: Layout = (a) => {
  const { norm, headBias } = shapeOfModel(a);
  return {
    embeddings: [embedding("embed_tokens", a.vocab_size, a.hidden_size)],
    layers: uniformLayers(a, layerModules(a)),
    final: [(norm === "layer" ? layerNorm : rmsNorm)("norm", a.hidden_size)],
    // bitsandbytes' plugin quantises the head as it does any linear.
    head: { module: linear("lm_head", [a.hidden_size, a.vocab_size, headBias]), tied: false },
  };
};
