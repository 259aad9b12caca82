// An architecture as the fields of its transformers config class.

import { ownValue } from "#calc/base/guards.ts";
import type { Architecture } from "#calc/model/architecture.ts";

/** Fields that a config class has by another name than the catalog, by model type. */
type Names = Readonly<Record<string, string>>;

const GPT: Names = {
  hidden_size: "n_embd",
  num_hidden_layers: "n_layer",
  num_attention_heads: "n_head",
  max_position_embeddings: "n_positions",
};

const LOCAL_EXPERTS: Names = { num_experts: "num_local_experts" };
const ROUTED_EXPERTS: Names = { num_experts: "n_routed_experts" };

/** Names that a config class has of its own for what the catalog calls otherwise. @see transformers 5.24, models/<type>/configuration_<type>.py (`attribute_map`) */
const OWN_NAMES: Readonly<Record<string, Names>> = {
  bloom: { num_attention_heads: "n_head", num_hidden_layers: "n_layer" },
  falcon: { intermediate_size: "ffn_hidden_size", num_key_value_heads: "num_kv_heads" },
  gpt2: { ...GPT, intermediate_size: "n_inner" },
  gpt_bigcode: { ...GPT, intermediate_size: "n_inner" },
  gpt_neo: { num_attention_heads: "num_heads", num_hidden_layers: "num_layers" },
  gptj: { ...GPT, intermediate_size: "n_inner" },
  opt: { intermediate_size: "ffn_dim" },
  gemma4_text: { num_experts_per_tok: "top_k_experts" },
  gpt_oss: LOCAL_EXPERTS,
  llama4_text: LOCAL_EXPERTS,
  granitemoehybrid: { ...LOCAL_EXPERTS, shared_expert_intermediate_size: "shared_intermediate_size" },
  nemotron_h: {
    ...ROUTED_EXPERTS,
    mamba_n_heads: "mamba_num_heads",
    mamba_d_head: "mamba_head_dim",
    mamba_d_state: "ssm_state_size",
    shared_expert_intermediate_size: "moe_shared_expert_intermediate_size",
  },
  mixtral: LOCAL_EXPERTS,
  granitemoe: LOCAL_EXPERTS,
  phimoe: LOCAL_EXPERTS,
  stablelm: { qkv_bias: "use_qkv_bias" },
  deepseek_v2: ROUTED_EXPERTS,
  deepseek_v3: ROUTED_EXPERTS,
  glm4_moe: ROUTED_EXPERTS,
  glm4_moe_lite: ROUTED_EXPERTS,
};

/** Of models that see or hear too, the type of the text decoder, which is what is counted. */
const TEXT_DECODERS: Names = {
  gemma3: "gemma3_text",
  gemma3n: "gemma3n_text",
  gemma4: "gemma4_text",
  gemma4_unified: "gemma4_unified_text",
  llama4: "llama4_text",
  mistral3: "mistral",
  qwen3_5: "qwen3_5_text",
  qwen3_5_moe: "qwen3_5_moe_text",
};

/** Types whose heads are hidden_size / num_attention_heads wide, with no field for it, or have several widths. */
const WITHOUT_HEAD_DIM: ReadonlySet<string> = new Set([
  "bloom",
  "deepseek_v2",
  "deepseek_v3",
  "exaone",
  "falcon",
  "glm4_moe_lite",
  "gpt2",
  "gpt_bigcode",
  "gpt_neo",
  "gpt_neox",
  "gptj",
  "minicpm3",
  "olmo",
  "opt",
  "phi",
  "stablelm",
]);

/** Types that read `attention_bias` and `mlp_bias` as the catalog means them; others have these biases in code, or have them not. */
const WITH_BIASES: ReadonlySet<string> = new Set(["llama", "seed_oss"]);

/** Types that learn a vector for each position: as many as the model has. Others take what a row needs. */
export const LEARNING_POSITIONS: ReadonlySet<string> = new Set(["gpt2", "gpt_bigcode", "gpt_neo", "gptj", "opt"]);

/** Fields that describe a model, and set nothing of a config class. */
const DESCRIPTIONS: ReadonlySet<string> = new Set([
  "model_type",
  "mlp_type",
  "norm_type",
  "norms_per_layer",
  "layer_kinds",
  "mlp_kinds",
  "qk_norm",
  "lm_head_bias",
  "attention_out_bias",
  "embedding_norm",
  "hidden_act",
  "layer_types",
  "learned_positions",
  "llm_int8_skip_modules",
]);

/** Types whose code is a repository's own (`trust_remote_code`), which a script that fetches nothing cannot build. */
export const REMOTE_CODE_TYPES: ReadonlySet<string> = new Set([
  "deepseek",
  "internlm2",
  "mimo",
  "minicpm",
  "phi3small",
]);

/** A value that a config class takes. */
export type ConfigValue = string | number | boolean | null | readonly ConfigValue[];

/** Fields of a config class by their upstream names. */
type ConfigFields = Readonly<Record<string, ConfigValue>>;

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
const OWN_FIELDS: Readonly<Record<string, Rule>> = {
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

/** A model's config as transformers makes it: `AutoConfig.for_model(type, **fields)`. */
export type ModelConfig = Readonly<{ type: string; fields: ConfigFields }>;

const BIASES: ReadonlySet<string> = new Set(["attention_bias", "mlp_bias"]);

const isRead = (type: string, field: string): boolean =>
  !DESCRIPTIONS.has(field) &&
  !(field === "head_dim" && WITHOUT_HEAD_DIM.has(type)) &&
  !(BIASES.has(field) && !WITH_BIASES.has(type));

/** Tables of rotary angles reach as far as a row does; a learned table is as long as the model's. */
const positions = (type: string, { max_position_embeddings }: Architecture, tokens: number): number =>
  LEARNING_POSITIONS.has(type) ? max_position_embeddings : Math.max(max_position_embeddings, tokens);

/**
 * An architecture of the catalog as the config class of its type takes it. Fields have their upstream names, so that most go through as they are.
 *
 * @param tokens how long the longest row is
 */
export const modelConfig = (architecture: Architecture, tokens: number): ModelConfig => {
  const type = ownValue(TEXT_DECODERS, architecture.model_type) ?? architecture.model_type;
  const names = ownValue(OWN_NAMES, type) ?? {};
  const given = { ...architecture, max_position_embeddings: positions(type, architecture, tokens) };
  const fields = Object.entries(given)
    .filter(([name, value]) => value !== undefined && isRead(type, name))
    .map(([name, value]) => [ownValue(names, name) ?? name, value as ConfigValue]);
  return {
    type,
    fields: {
      ...(Object.fromEntries(fields) as ConfigFields),
      pad_token_id: 0,
      use_cache: false,
      ...ownValue(OWN_FIELDS, type)?.(architecture),
    },
  };
};
