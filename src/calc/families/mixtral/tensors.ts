import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { fusedExperts, OLD_NAMES, router } from "#calc/families/parts/tensors/experts.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";

const layer = (a: Architecture): readonly Module[] => [
  ...selfAttention(a),
  router(a, "mlp.gate"),
  fusedExperts(a, "mlp.experts", { peft: OLD_NAMES.mixtral, linears: OLD_NAMES.mixtral }),
  rmsNorm("input_layernorm", a.hidden_size),
  rmsNorm("post_attention_layernorm", a.hidden_size),
];

/** Mixtral: Llama's attention, experts instead of an MLP in every layer. @see transformers 5.24, modeling_mixtral.py */
export const layout: Layout = (a) => causalLm(a, { layers: uniformLayers(a, layer(a)) });
