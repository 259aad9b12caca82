import { ownValue } from "#calc/base/own-value.ts";
import type { Architecture } from "#calc/model/architecture.ts";

/** A value that a config class takes. */
export type ConfigValue = string | number | boolean | null | readonly ConfigValue[];

/** Fields of a config class by their upstream names. */
export type ConfigFields = Readonly<Record<string, ConfigValue>>;

type Rule = (architecture: Architecture) => ConfigFields;

/** The kind of each layer that the model has. */
const layerTypes = ({ layer_types = [], num_hidden_layers }: Architecture): readonly string[] =>
  layer_types.slice(0, num_hidden_layers);

/** The config class has windows unless it is told otherwise: EXAONE 4.0 1.2B has none. */
const exaone4: Rule = ({ sliding_window, num_hidden_layers }) =>
  sliding_window === undefined
    ? { sliding_window: null, layer_types: Array.from({ length: num_hidden_layers }, () => "full_attention") }
    : {};

const GRANITE_KINDS: Readonly<Record<string, string>> = { mamba: "linear_attention", attention: "full_attention" };

/** Width of a head of Mamba 2 in Granite 4. */
const MAMBA_HEAD = 64;

/** Granite 4: positions where all layers attend, none beside Mamba; a shared MLP as wide as the only one where there are no experts. */
const graniteHybrid: Rule = (a) => {
  const kinds = a.layer_types ?? Array.from({ length: a.num_hidden_layers }, () => "attention");
  return {
    layer_types: kinds.slice(0, a.num_hidden_layers).map((kind) => ownValue(GRANITE_KINDS, kind) ?? kind),
    position_embedding_type: a.layer_types === undefined ? "rope" : null,
    num_local_experts: a.num_experts ?? 0,
    shared_intermediate_size: a.shared_expert_intermediate_size ?? a.intermediate_size ?? 0,
    // Unused where no layer has Mamba, but checked.
    mamba_n_heads: a.mamba_n_heads ?? (2 * a.hidden_size) / MAMBA_HEAD,
    mamba_d_head: MAMBA_HEAD,
  };
};

const biasOfQkv: Rule = ({ qkv_bias }) => ({ attention_bias: Boolean(qkv_bias) });
const latentQueries: Rule = ({ q_lora_rank }) => ({ q_lora_rank: q_lora_rank ?? null });
const qkNorm =
  (field: string): Rule =>
  ({ qk_norm }) => ({ [field]: Boolean(qk_norm) });

/**
 * What the modelling code of a type has whatever the catalog says, or the catalog says in another way.
 *
 * @see transformers 5.24, models/<type>/configuration_<type>.py
 */
export const OWN_FIELDS: Readonly<Record<string, Rule>> = {
  exaone4,
  falcon: ({ norms_per_layer }) => ({ new_decoder_architecture: norms_per_layer === 2 }),
  gemma4_text: (a) => ({
    layer_types: layerTypes(a),
    enable_moe_block: Boolean(a.num_experts),
    hidden_size_per_layer_input: a.hidden_size_per_layer_input ?? 0,
  }),
  gpt_neo: ({ num_hidden_layers }) => ({ attention_types: [[["global"], num_hidden_layers]] }),
  granitemoehybrid: graniteHybrid,
  lfm2: (a) => ({ block_auto_adjust_ff_dim: false, layer_types: layerTypes(a) }),
  nemotron_h: ({ hybrid_override_pattern = "", num_hidden_layers }) => ({
    hybrid_override_pattern: hybrid_override_pattern.slice(0, num_hidden_layers),
  }),
  glm: biasOfQkv,
  glm4: biasOfQkv,
  seed_oss: () => ({ attention_bias: true, attention_out_bias: false }),
  starcoder2: () => ({ use_bias: true }),
  gpt_bigcode: ({ hidden_act = "gelu_pytorch_tanh" }) => ({ activation_function: hidden_act }),
  // The class has a window unless it is told otherwise.
  mistral: ({ sliding_window }) => ({ sliding_window: sliding_window ?? null }),
  stablelm: (a) => ({ ...qkNorm("qk_layernorm")(a), use_parallel_residual: a.norms_per_layer === 1 }),
  cohere: qkNorm("use_qk_norm"),
  deepseek_v2: latentQueries,
  deepseek_v3: latentQueries,
  glm4_moe: (a) => ({ ...biasOfQkv(a), ...qkNorm("use_qk_norm")(a) }),
  phimoe: ({ attention_bias = false, lm_head_bias = false }) => ({ attention_bias, lm_head_bias }),
  llama4_text: qkNorm("use_qk_norm"),
  opt: ({ word_embed_proj_dim, hidden_size }) => ({ word_embed_proj_dim: word_embed_proj_dim ?? hidden_size }),
};
