import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { kindsOf, layersOfKinds } from "#calc/families/parts/tensors/layers-of-kinds.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { parameters } from "#calc/families/parts/tensors/parameters.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

type Kind = "conv" | "full_attention";

/** `Lfm2ShortConv`: gates from one projection, a short causal convolution a channel. */
const shortConvolution = ({ hidden_size: hidden, conv_L_cache: kernel = 3 }: Architecture): readonly Module[] => [
  parameters("conv.conv", { weight: [hidden, 1, kernel] }),
  ...linears("conv", { in_proj: [hidden, 3 * hidden], out_proj: [hidden, hidden] }),
];

const attention = (a: Architecture): readonly Module[] => [
  ...selfAttention({ ...a, qk_norm: false }, { output: "out_proj" }),
  rmsNorm("self_attn.q_layernorm", a.head_dim),
  rmsNorm("self_attn.k_layernorm", a.head_dim),
];

const layer = (a: Architecture, kind: Kind): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...(kind === "conv" ? shortConvolution(a) : attention(a)),
    ...linears("feed_forward", {
      w1: [hidden, intermediate],
      w3: [hidden, intermediate],
      w2: [intermediate, hidden],
    }),
    rmsNorm("operator_norm", hidden),
    rmsNorm("ffn_norm", hidden),
  ];
};

/**
 * LFM2: short convolutions, attention in some layers. `out_proj` exists in both, so the presets say which.
 * @see transformers 5.24, modeling_lfm2.py
 */
export const layout: Layout = (a) => {
  const mixers = a.layer_kinds ?? a.layer_types ?? [];
  const kinds = kindsOf(a, (index): Kind => (mixers[index]?.includes("conv") ? "conv" : "full_attention"));
  return causalLm(a, {
    layers: layersOfKinds(kinds, (kind) => layer(a, kind)),
    final: [rmsNorm("embedding_norm", a.hidden_size)],
  });
};
