import { array, type GenericSchema, literal, looseObject, optional, pipe, regex, union } from "valibot";
import type { Architecture } from "#calc/model/architecture.ts";
import { count, figure, oneOf, share, text, whole, yesOrNo } from "./row-fields.ts";

const dimension = optional(whole);
const flag = optional(yesOrNo);
const kinds = optional(array(text, "a list of names"));

/** Of each field of a model's shape, what it can be; a field that is left out does not apply. */
const FIELDS: Readonly<Record<keyof Architecture, GenericSchema>> = {
  model_type: text,
  num_hidden_layers: count,
  hidden_size: count,
  num_attention_heads: count,
  num_key_value_heads: count,
  head_dim: count,
  intermediate_size: dimension,
  vocab_size: count,
  tie_word_embeddings: yesOrNo,
  max_position_embeddings: count,
  hidden_act: optional(text),
  mlp_type: optional(oneOf(["gated", "plain"])),
  norm_type: optional(oneOf(["rmsnorm", "layernorm", "layernorm_nobias", "none"])),
  norms_per_layer: dimension,
  attention_bias: flag,
  qkv_bias: flag,
  attention_out_bias: flag,
  mlp_bias: flag,
  lm_head_bias: flag,
  qk_norm: optional(union([literal(false), oneOf(["head", "full", "ln_per_head_nobias", "l2"])], "a kind of norm")),
  learned_positions: dimension,
  embedding_norm: flag,
  word_embed_proj_dim: dimension,
  sliding_window: dimension,
  sliding_window_pattern: optional(count),
  partial_rotary_factor: optional(share),
  final_logit_softcapping: optional(figure),
  attn_logit_softcapping: optional(figure),
  num_experts: dimension,
  num_experts_per_tok: dimension,
  moe_intermediate_size: dimension,
  n_shared_experts: dimension,
  shared_expert_intermediate_size: dimension,
  shared_expert_gate: flag,
  first_k_dense_replace: dimension,
  interleave_moe_layer_step: optional(count),
  intermediate_size_mlp: dimension,
  router_bias: flag,
  router_correction_bias: flag,
  expert_bias: flag,
  attention_sinks: flag,
  q_lora_rank: dimension,
  kv_lora_rank: dimension,
  qk_nope_head_dim: dimension,
  qk_rope_head_dim: dimension,
  v_head_dim: dimension,
  layer_kinds: kinds,
  mlp_kinds: kinds,
  layer_types: kinds,
  hybrid_override_pattern: optional(pipe(text, regex(/^[ME*-]+$/, "a letter for each layer: M, E, * or -"))),
  full_attention_interval: optional(count),
  attn_output_gate: flag,
  linear_num_value_heads: dimension,
  linear_num_key_heads: dimension,
  linear_key_head_dim: dimension,
  linear_value_head_dim: dimension,
  linear_conv_kernel_dim: dimension,
  mamba_n_heads: dimension,
  mamba_d_head: dimension,
  mamba_d_state: dimension,
  mamba_n_groups: dimension,
  mamba_d_conv: dimension,
  conv_L_cache: dimension,
  num_kv_shared_layers: dimension,
  hidden_size_per_layer_input: dimension,
  vocab_size_per_layer_input: dimension,
  altup_num_inputs: dimension,
  laurel_rank: dimension,
  num_global_key_value_heads: dimension,
  global_head_dim: dimension,
  attention_k_eq_v: flag,
  use_double_wide_mlp: flag,
  llm_int8_skip_modules: kinds,
};

/** The shape of a model that a row brings itself. */
export const ARCHITECTURE = looseObject(FIELDS);

/** Fields that say one thing together: where a model has one of them, it has all. */
const TOGETHER: readonly (readonly (keyof Architecture)[])[] = [
  ["num_experts", "num_experts_per_tok"],
  ["kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"],
  [
    "linear_num_value_heads",
    "linear_num_key_heads",
    "linear_key_head_dim",
    "linear_value_head_dim",
    "linear_conv_kernel_dim",
  ],
  ["mamba_n_heads", "mamba_d_head", "mamba_d_state", "mamba_n_groups", "mamba_d_conv"],
];

/** The first field that a shape lacks beside others which it has; null: none. */
export const lacksBeside = (architecture: Architecture): keyof Architecture | null => {
  const has = (field: keyof Architecture): boolean => architecture[field] !== undefined;
  return TOGETHER.flatMap((fields) => (fields.some(has) ? fields.filter((field) => !has(field)) : []))[0] ?? null;
};
