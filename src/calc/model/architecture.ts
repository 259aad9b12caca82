// Architecture of a model in config.json's fields, a rank's part of it, and what a family's config implies.

import type { ModelLayout } from "./layout.ts";
import { onceForEach } from "#calc/base/caches.ts";

/**
 * The shape of a model, in the fields of its `config.json`, upstream spelling, made uniform across families where they
 * differ (`n_embd`, `d_model`, `ffn_dim`, `n_routed_experts` ... have one name here). An absent field does not apply.
 */
export type Architecture = Readonly<{
  model_type: string;
  num_hidden_layers: number;
  hidden_size: number;
  num_attention_heads: number;
  num_key_value_heads: number;
  head_dim: number;
  /** Width of the dense MLP; absent where every layer is made of experts. */
  intermediate_size?: number;
  vocab_size: number;
  tie_word_embeddings: boolean;
  /** Longest sequence the model was made for, in tokens. */
  max_position_embeddings: number;
  hidden_act?: string;
  mlp_type?: "gated" | "plain";
  norm_type?: "rmsnorm" | "layernorm" | "layernorm_nobias" | "none";
  norms_per_layer?: number;
  /** Biases of the attention projections: all of them, q/k/v, the output projection. */
  attention_bias?: boolean;
  qkv_bias?: boolean;
  attention_out_bias?: boolean;
  mlp_bias?: boolean;
  lm_head_bias?: boolean;
  /** Norm on queries and keys: none, one for each head's width, one over the whole projection, or one without a weight (Llama 4). */
  qk_norm?: false | "head" | "full" | "ln_per_head_nobias" | "l2";
  /** Learned position embeddings (rows), GPT-2, OPT, GPT-Neo. */
  learned_positions?: number;
  /** Layer norm right after the embedding (BLOOM). */
  embedding_norm?: boolean;
  word_embed_proj_dim?: number;
  sliding_window?: number;
  sliding_window_pattern?: number;
  /** Share of each head that is rotated, where it is not its family's. */
  partial_rotary_factor?: number;
  final_logit_softcapping?: number;
  attn_logit_softcapping?: number;

  // Mixture of experts
  num_experts?: number;
  num_experts_per_tok?: number;
  moe_intermediate_size?: number;
  n_shared_experts?: number;
  shared_expert_intermediate_size?: number;
  shared_expert_gate?: boolean;
  first_k_dense_replace?: number;
  interleave_moe_layer_step?: number;
  intermediate_size_mlp?: number;
  router_bias?: boolean;
  router_correction_bias?: boolean;
  expert_bias?: boolean;
  attention_sinks?: boolean;

  // Latent attention (DeepSeek)
  q_lora_rank?: number;
  kv_lora_rank?: number;
  qk_nope_head_dim?: number;
  qk_rope_head_dim?: number;
  v_head_dim?: number;

  // Hybrids: what the mixer of each layer is, and the sizes of linear attention, Mamba 2 and short convolutions
  layer_kinds?: readonly string[];
  mlp_kinds?: readonly string[];
  layer_types?: readonly string[];
  hybrid_override_pattern?: string;
  full_attention_interval?: number;
  attn_output_gate?: boolean;
  linear_num_value_heads?: number;
  linear_num_key_heads?: number;
  linear_key_head_dim?: number;
  linear_value_head_dim?: number;
  linear_conv_kernel_dim?: number;
  mamba_n_heads?: number;
  mamba_d_head?: number;
  mamba_d_state?: number;
  mamba_n_groups?: number;
  mamba_d_conv?: number;
  conv_L_cache?: number;

  // Gemma 3n and 4
  num_kv_shared_layers?: number;
  hidden_size_per_layer_input?: number;
  vocab_size_per_layer_input?: number;
  altup_num_inputs?: number;
  laurel_rank?: number;
  num_global_key_value_heads?: number;
  global_head_dim?: number;
  attention_k_eq_v?: boolean;
  use_double_wide_mlp?: boolean;

  /** Modules of layers that a checkpoint quantised by bitsandbytes leaves in 16 bits, as its `quantization_config` names them (`model.layers.1.mlp`). */
  llm_int8_skip_modules?: readonly string[];
}>;

/**
 * What a rank has of a model whose matrices are divided: an architecture of its own widths, the one that it was cut out of, and its layout where this is
 * not what its family makes of these widths (single matrices are smaller); null where it is.
 */
export type PartOfModel = Architecture & Readonly<{ whole: Architecture; layout: ModelLayout | null }>;

/** Whether an architecture is a rank's part of one. */
export const isPart = (architecture: Architecture): architecture is PartOfModel => "whole" in architecture;

/** The architecture that a rank's part was cut out of; itself where it is whole. */
export const wholeArchitecture = (architecture: Architecture): Architecture =>
  isPart(architecture) ? architecture.whole : architecture;

/** A model that gives so many numbers for a row in place of logits (`...ForSequenceClassification`): its head is `score`. */
type ScoredModel = Architecture & Readonly<{ num_labels: number }>;

export const isScored = (architecture: Architecture): architecture is ScoredModel => "num_labels" in architecture;

/** A model with one number for a row. The same object each time, so that caches that are keyed by it find it again. */
export const scoredModel = onceForEach((architecture: Architecture): ScoredModel => ({
  ...architecture,
  num_labels: 1,
}));

/** A field of a config.json by its name, as it is written there; undefined where the file has none. */
type WrittenField = (name: string) => unknown;

/** What a family's code makes of fields that only it has, beside the counts that were read under any family's names. */
export type ConfigRule = (written: WrittenField, counts: Partial<Architecture>) => Partial<Architecture>;

/** What a family's modelling file and config class settle, so that a config.json of it need not say it. */
export type ConfigFacts = Readonly<{
  /** Fixed in code, or the default of the config class; a field that the config.json has wins. */
  fields: Partial<Architecture>;
  /** Default of `tie_word_embeddings`. */
  tied?: boolean;
  /** `attention_bias` of these configs is the bias of q, k and v alone. */
  biasOfQkv?: boolean;
  /** `intermediate_size` of these configs is the width of an expert. */
  expertsAreIntermediate?: boolean;
  /** The config class says of the MLP: four times the width. */
  fourfoldMlp?: boolean;
  /** The kind of a layer decides what parameters it has. */
  kindsCount?: boolean;
  /** Names of kinds as files have them and the family's code has not: transformers 5 renames them when it saves a config. */
  kindNames?: Readonly<Record<string, string>>;
  /** Fields that transformers 5 saves in `per_layer_config`, with the layers that they are of, each with the field's name there. */
  ofSomeLayers?: Readonly<Partial<Record<keyof Architecture, string>>>;
  /** The flag that says whether there are norms on queries and keys, and of which kind they are where there are. */
  qkNorm?: Readonly<{ flag: string; norm: NonNullable<Architecture["qk_norm"]> }>;
  rule?: ConfigRule;
}>;
