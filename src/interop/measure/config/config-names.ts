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
export const OWN_NAMES: Readonly<Record<string, Names>> = {
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
export const TEXT_DECODERS: Names = {
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
export const WITHOUT_HEAD_DIM: ReadonlySet<string> = new Set([
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
export const WITH_BIASES: ReadonlySet<string> = new Set(["llama", "seed_oss"]);

/** Types that learn a vector for each position: as many as the model has. Others take what a row needs. */
export const LEARNING_POSITIONS: ReadonlySet<string> = new Set(["gpt2", "gpt_bigcode", "gpt_neo", "gptj", "opt"]);

/** Fields that describe a model, and set nothing of a config class. */
export const DESCRIPTIONS: ReadonlySet<string> = new Set([
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
export const OF_REPOSITORIES: ReadonlySet<string> = new Set(["deepseek", "internlm2", "mimo", "minicpm", "phi3small"]);
