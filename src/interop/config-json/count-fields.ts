// Names and upper limits of the counts in config.json files.

import type { Architecture } from "#calc/model/architecture.ts";

/** Fields that are whole numbers. */
export type CountField = {
  [Field in keyof Architecture]-?: NonNullable<Architecture[Field]> extends number ? Field : never;
}[keyof Architecture];

/** How a count is named in config.json files, ours first, and the most that can be meant. */
export type CountNames = Readonly<{ names: readonly string[]; most: number }>;

/** Past these, a field is a slip or a joke; below, products of three stay whole numbers. */
const WIDTH = 2 ** 20;
const VOCABULARY = 2 ** 24;
const LAYERS = 4096;
const HEADS = 8192;
const HEAD_WIDTH = 2 ** 14;
/** As in a link: the largest models have 512. */
const EXPERTS = 1024;
const ALTUP_INPUTS = 64;
const TOKENS = 2 ** 31;

const count = (most: number, ...names: readonly string[]): CountNames => ({ most, names });

/** Every count of an architecture with the names that config classes have for it. */
export const COUNT_FIELDS: Readonly<Partial<Record<CountField, CountNames>>> = {
  num_hidden_layers: count(LAYERS, "num_hidden_layers", "n_layer", "num_layers", "n_layers"),
  hidden_size: count(WIDTH, "hidden_size", "n_embd", "d_model", "n_embed"),
  num_attention_heads: count(HEADS, "num_attention_heads", "n_head", "num_heads", "n_heads"),
  num_key_value_heads: count(HEADS, "num_key_value_heads", "num_kv_heads", "n_kv_heads"),
  head_dim: count(HEAD_WIDTH, "head_dim", "attention_head_dim"),
  intermediate_size: count(
    WIDTH,
    "intermediate_size",
    "n_inner",
    "ffn_dim",
    "ffn_hidden_size",
    "ff_intermediate_size",
    "block_ff_dim",
  ),
  vocab_size: count(VOCABULARY, "vocab_size", "padded_vocab_size"),
  max_position_embeddings: count(
    TOKENS,
    "max_position_embeddings",
    "n_positions",
    "max_sequence_length",
    "seq_length",
    "n_ctx",
    "max_seq_len",
  ),
  word_embed_proj_dim: count(WIDTH, "word_embed_proj_dim"),
  sliding_window: count(TOKENS, "sliding_window"),
  sliding_window_pattern: count(LAYERS, "sliding_window_pattern"),
  num_experts: count(EXPERTS, "num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"),
  num_experts_per_tok: count(
    EXPERTS,
    "num_experts_per_tok",
    "num_experts_per_token",
    "top_k_experts",
    "experts_top_k",
    "moe_top_k",
  ),
  moe_intermediate_size: count(WIDTH, "moe_intermediate_size", "expert_intermediate_size"),
  n_shared_experts: count(EXPERTS, "n_shared_experts", "num_shared_experts"),
  shared_expert_intermediate_size: count(
    WIDTH,
    "shared_expert_intermediate_size",
    "shared_intermediate_size",
    "moe_shared_expert_intermediate_size",
  ),
  first_k_dense_replace: count(LAYERS, "first_k_dense_replace"),
  interleave_moe_layer_step: count(LAYERS, "interleave_moe_layer_step"),
  intermediate_size_mlp: count(WIDTH, "intermediate_size_mlp"),
  q_lora_rank: count(WIDTH, "q_lora_rank"),
  kv_lora_rank: count(WIDTH, "kv_lora_rank"),
  qk_nope_head_dim: count(HEAD_WIDTH, "qk_nope_head_dim"),
  qk_rope_head_dim: count(HEAD_WIDTH, "qk_rope_head_dim"),
  v_head_dim: count(HEAD_WIDTH, "v_head_dim"),
  full_attention_interval: count(LAYERS, "full_attention_interval"),
  linear_num_value_heads: count(HEADS, "linear_num_value_heads"),
  linear_num_key_heads: count(HEADS, "linear_num_key_heads"),
  linear_key_head_dim: count(HEAD_WIDTH, "linear_key_head_dim"),
  linear_value_head_dim: count(HEAD_WIDTH, "linear_value_head_dim"),
  linear_conv_kernel_dim: count(HEAD_WIDTH, "linear_conv_kernel_dim"),
  mamba_n_heads: count(HEADS, "mamba_n_heads", "mamba_num_heads"),
  mamba_d_head: count(HEAD_WIDTH, "mamba_d_head", "mamba_head_dim"),
  mamba_d_state: count(HEAD_WIDTH, "mamba_d_state", "ssm_state_size"),
  mamba_n_groups: count(HEADS, "mamba_n_groups", "n_groups"),
  mamba_d_conv: count(HEAD_WIDTH, "mamba_d_conv", "conv_kernel"),
  conv_L_cache: count(HEAD_WIDTH, "conv_L_cache"),
  num_kv_shared_layers: count(LAYERS, "num_kv_shared_layers"),
  hidden_size_per_layer_input: count(WIDTH, "hidden_size_per_layer_input"),
  vocab_size_per_layer_input: count(VOCABULARY, "vocab_size_per_layer_input"),
  altup_num_inputs: count(ALTUP_INPUTS, "altup_num_inputs"),
  laurel_rank: count(WIDTH, "laurel_rank"),
  num_global_key_value_heads: count(HEADS, "num_global_key_value_heads"),
  global_head_dim: count(HEAD_WIDTH, "global_head_dim"),
};
