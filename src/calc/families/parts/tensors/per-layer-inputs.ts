import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { embedding } from "./embedding.ts";
import { linear, linears } from "./linear.ts";
import { rmsNorm } from "./norms.ts";

/** The model's modules for per-layer inputs (Gemma 3n and 4): a second embedding with a share for every layer, and a projection of the first. */
export const perLayerEmbeddings = (a: Architecture): readonly Module[] => {
  const width = a.hidden_size_per_layer_input ?? 0;
  if (width === 0) return [];
  const all = a.num_hidden_layers * width;
  return [
    embedding("embed_tokens_per_layer", a.vocab_size_per_layer_input ?? a.vocab_size, all),
    linear("per_layer_model_projection", [a.hidden_size, all]),
    rmsNorm("per_layer_projection_norm", width),
  ];
};

/** Each layer's modules that take its share in. */
export const perLayerInput = (a: Architecture): readonly Module[] => {
  const { hidden_size: hidden, hidden_size_per_layer_input: width = 0 } = a;
  if (width === 0) return [];
  return [
    ...linears("", { per_layer_input_gate: [hidden, width], per_layer_projection: [width, hidden] }),
    rmsNorm("post_per_layer_input_norm", hidden),
  ];
};
