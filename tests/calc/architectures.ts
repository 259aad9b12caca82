import type { Architecture } from "#calc/model/architecture.ts";

/** Llama 2 7B, of its config.json. */
export const LLAMA_2_7B: Architecture = {
  model_type: "llama",
  num_hidden_layers: 32,
  hidden_size: 4096,
  num_attention_heads: 32,
  num_key_value_heads: 32,
  head_dim: 128,
  intermediate_size: 11008,
  vocab_size: 32000,
  tie_word_embeddings: false,
  max_position_embeddings: 4096,
};

/** Qwen3-30B-A3B: fused experts that PEFT adapts. */
export const QWEN3_30B_A3B: Architecture = {
  model_type: "qwen3_moe",
  num_hidden_layers: 48,
  hidden_size: 2048,
  num_attention_heads: 32,
  num_key_value_heads: 4,
  head_dim: 128,
  intermediate_size: 6144,
  moe_intermediate_size: 768,
  num_experts: 128,
  num_experts_per_tok: 8,
  vocab_size: 151936,
  tie_word_embeddings: false,
  max_position_embeddings: 40960,
};

/** GPT-2: `c_proj` in attention and in the MLP, a tied head. */
export const GPT_2: Architecture = {
  model_type: "gpt2",
  num_hidden_layers: 12,
  hidden_size: 768,
  num_attention_heads: 12,
  num_key_value_heads: 12,
  head_dim: 64,
  vocab_size: 50257,
  tie_word_embeddings: true,
  max_position_embeddings: 1024,
};

/** A DeepSeek small enough to read: latent attention, one dense layer, three sparse ones with a shared expert. */
export const SMALL_DEEPSEEK: Architecture = {
  model_type: "deepseek_v2",
  num_hidden_layers: 4,
  hidden_size: 64,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  head_dim: 24,
  intermediate_size: 160,
  moe_intermediate_size: 32,
  num_experts: 8,
  n_shared_experts: 2,
  first_k_dense_replace: 1,
  kv_lora_rank: 16,
  qk_nope_head_dim: 16,
  qk_rope_head_dim: 8,
  v_head_dim: 16,
  vocab_size: 1000,
  tie_word_embeddings: false,
  max_position_embeddings: 512,
};
