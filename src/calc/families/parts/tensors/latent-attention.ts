import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { linears } from "./linear.ts";
import { rmsNorm } from "./norms.ts";

/**
 * Multi-head latent attention: keys and values through a bottleneck of `kv_lora_rank`, queries through one of `q_lora_rank` where there is
 * one; the rotary part of the keys is shared by all heads. @see DeepSeek-V2, arXiv 2405.04434, section 2.1
 */
export const latentAttention = (a: Architecture): readonly Module[] => {
  const { hidden_size: hidden, num_attention_heads: heads, q_lora_rank, kv_lora_rank = 0 } = a;
  const { qk_nope_head_dim: nope = 0, qk_rope_head_dim: rope = 0, v_head_dim: value = 0 } = a;
  const query = heads * (nope + rope);
  return [
    ...(q_lora_rank
      ? [
          ...linears("self_attn", { q_a_proj: [hidden, q_lora_rank, a.attention_bias] }),
          rmsNorm("self_attn.q_a_layernorm", q_lora_rank),
          ...linears("self_attn", { q_b_proj: [q_lora_rank, query] }),
        ]
      : linears("self_attn", { q_proj: [hidden, query] })),
    ...linears("self_attn", { kv_a_proj_with_mqa: [hidden, kv_lora_rank + rope, a.attention_bias] }),
    rmsNorm("self_attn.kv_a_layernorm", kv_lora_rank),
    ...linears("self_attn", {
      kv_b_proj: [kv_lora_rank, heads * (nope + value)],
      o_proj: [heads * value, hidden, a.attention_bias],
    }),
  ];
};
