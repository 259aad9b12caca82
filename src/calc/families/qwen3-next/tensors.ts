import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { kindsOf, layersOfKinds } from "#calc/families/parts/tensors/layers-of-kinds.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { parameters } from "#calc/families/parts/tensors/parameters.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";
import { qwenSparseBlock } from "#calc/families/qwen-moe/tensors.ts";

type Kind = "linear_attention" | "full_attention";

/** `...GatedDeltaNet`; Qwen3-Next projects q, k, v, z and b, a in two linears, Qwen3.5 in four. */
const gatedDeltaNet = (a: Architecture): readonly Module[] => {
  const { hidden_size: hidden, linear_num_value_heads: heads = 0, linear_value_head_dim: width = 0 } = a;
  const key = (a.linear_num_key_heads ?? 0) * (a.linear_key_head_dim ?? 0);
  const value = heads * width;
  const convolved = 2 * key + value;
  return [
    parameters("linear_attn", { dt_bias: [heads], A_log: [heads] }),
    parameters("linear_attn.conv1d", { weight: [convolved, 1, a.linear_conv_kernel_dim ?? 4] }),
    ...linears(
      "linear_attn",
      a.model_type === "qwen3_next"
        ? { in_proj_qkvz: [hidden, convolved + value], in_proj_ba: [hidden, 2 * heads] }
        : {
            in_proj_qkv: [hidden, convolved],
            in_proj_z: [hidden, value],
            in_proj_b: [hidden, heads],
            in_proj_a: [hidden, heads],
          },
    ),
    rmsNorm("linear_attn.norm", width),
    ...linears("linear_attn", { out_proj: [value, hidden] }),
  ];
};

const layer = (a: Architecture, kind: Kind): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...(kind === "linear_attention" ? gatedDeltaNet(a) : selfAttention(a, { gated: a.attn_output_gate !== false })),
    ...(a.num_experts ? qwenSparseBlock(a) : gatedMlp("mlp", [hidden, intermediate])),
    rmsNorm("input_layernorm", hidden),
    rmsNorm("post_attention_layernorm", hidden),
  ];
};

/**
 * Qwen3-Next and Qwen3.5 (text decoder): three layers of gated delta net, then one of gated full attention. Multi-token-prediction
 * layers are not created. @see transformers 5.24, modeling_qwen3_next.py, modeling_qwen3_5.py, modeling_qwen3_5_moe.py
 */
export const layout: Layout = (architecture) => {
  const a = { qk_norm: "head", ...architecture } as const;
  const mixers = a.layer_kinds ?? a.layer_types;
  const isFull = (index: number): boolean =>
    mixers
      ? ["attn", "full_attention"].includes(mixers[index] ?? "")
      : (index + 1) % (a.full_attention_interval ?? 4) === 0;
  const kinds = kindsOf(a, (index): Kind => (isFull(index) ? "full_attention" : "linear_attention"));
  return causalLm(a, { layers: layersOfKinds(kinds, (kind) => layer(a, kind)) });
};
