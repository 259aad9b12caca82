import type { Architecture } from "#calc/model/architecture.ts";

type Config = Record<string, unknown>;
type Write = (config: Config, architecture: Architecture) => Config;

/** Fields that the catalog has and no config.json says: the modelling code fixes them. */
const FIXED_IN_CODE = new Set([
  "mlp_type",
  "norm_type",
  "norms_per_layer",
  "qkv_bias",
  "attention_out_bias",
  "lm_head_bias",
  "mlp_bias",
  "qk_norm",
  "learned_positions",
  "embedding_norm",
  "shared_expert_gate",
  "router_correction_bias",
  "router_bias",
  "expert_bias",
  "attention_sinks",
  "attn_output_gate",
]);

/** Gives fields other names. */
const rename = (config: Config, names: Readonly<Record<string, string>>): Config =>
  Object.fromEntries(Object.entries(config).map(([name, value]) => [names[name] ?? name, value]));

const without = (config: Config, ...names: readonly string[]): Config =>
  Object.fromEntries(Object.entries(config).filter(([name]) => !names.includes(name)));

const renamed =
  (names: Readonly<Record<string, string>>, ...left: readonly string[]): Write =>
  (config) =>
    rename(without(config, ...left), names);

/** Every n-th layer attends to everything: as transformers 5 writes it, layer by layer. */
const layerTypes = (layers: number, period: number): readonly string[] =>
  Array.from({ length: layers }, (_, layer) => ((layer + 1) % period === 0 ? "full_attention" : "sliding_attention"));

const gpt2 = renamed(
  {
    hidden_size: "n_embd",
    num_hidden_layers: "n_layer",
    num_attention_heads: "n_head",
    max_position_embeddings: "n_positions",
    hidden_act: "activation_function",
  },
  "num_key_value_heads",
  "head_dim",
  "intermediate_size",
  "attention_bias",
);
const tied: Write = (config) => without(config, "tie_word_embeddings");
const nested: Write = (config, { model_type }) => ({
  model_type,
  architectures: ["ForConditionalGeneration"],
  text_config: { ...config, model_type: `${model_type}_text` },
  vision_config: { hidden_size: 1152, num_hidden_layers: 27, num_attention_heads: 16 },
});
const experts: Write = (config) =>
  rename(without(config, "moe_intermediate_size"), { num_experts: "num_local_experts" });
const routed = renamed({ num_experts: "n_routed_experts" }, "head_dim");

/** How each family writes its config.json where it does not use our names. */
const WRITERS: Readonly<Record<string, Write>> = {
  gpt2: (config, a) => ({ ...tied(gpt2(config, a), a), n_inner: null }),
  gptj: (config, a) => ({ ...gpt2(config, a), n_inner: null }),
  gpt_bigcode: (config, a) => ({ ...tied(gpt2(config, a), a), multi_query: true }),
  gpt_neo: (config, a) => ({
    ...tied(
      renamed(
        { num_hidden_layers: "num_layers", num_attention_heads: "num_heads", hidden_act: "activation_function" },
        "head_dim",
        "num_key_value_heads",
        "intermediate_size",
      )(config, a),
      a,
    ),
    intermediate_size: null,
  }),
  bloom: renamed(
    {
      num_hidden_layers: "n_layer",
      num_attention_heads: "n_head",
      max_position_embeddings: "seq_length",
      hidden_size: "n_embed",
    },
    "attention_bias",
    "intermediate_size",
    "head_dim",
    "num_key_value_heads",
    "hidden_act",
    "tie_word_embeddings",
  ),
  opt: (config, a) => ({
    word_embed_proj_dim: a.hidden_size,
    ...renamed(
      { intermediate_size: "ffn_dim", hidden_act: "activation_function" },
      "attention_bias",
      "head_dim",
      "num_key_value_heads",
      "tie_word_embeddings",
    )(config, a),
  }),
  falcon: (config, a) => ({
    ...renamed(
      { num_key_value_heads: "num_kv_heads" },
      "intermediate_size",
      "head_dim",
      "hidden_act",
      "tie_word_embeddings",
      "max_position_embeddings",
    )(config, a),
    ...(a.norms_per_layer === 1
      ? { num_kv_heads: a.num_attention_heads, multi_query: true, new_decoder_architecture: false, parallel_attn: true }
      : { multi_query: true, new_decoder_architecture: true }),
  }),
  phi: renamed({}, "attention_bias", "head_dim"),
  phi3small: renamed({ intermediate_size: "ff_intermediate_size" }, "attention_bias"),
  starcoder2: renamed({}, "attention_bias", "head_dim"),
  gpt_neox: renamed({}, "num_key_value_heads", "head_dim"),
  stablelm: (config, a) => ({
    ...without(config, "head_dim"),
    use_qkv_bias: a.qkv_bias ?? false,
    qk_layernorm: Boolean(a.qk_norm),
    use_parallel_residual: a.norms_per_layer === 1,
  }),
  cohere: (config, a) => ({ ...without(config, "head_dim", "tie_word_embeddings"), use_qk_norm: Boolean(a.qk_norm) }),
  cohere2: (config, a) => ({
    ...without(config, "sliding_window_pattern", "tie_word_embeddings"),
    layer_types: layerTypes(a.num_hidden_layers, a.sliding_window_pattern ?? 0),
  }),
  seed_oss: (config) => ({ ...config, attention_bias: true, attention_out_bias: false }),
  mimo: (config) => ({ ...config, attention_bias: true }),
  glm: (config, a) => ({ ...config, attention_bias: a.qkv_bias ?? false }),
  glm4: (config, a) => ({ ...config, attention_bias: a.qkv_bias ?? false }),
  glm4_moe: (config, a) => ({
    ...rename(config, { num_experts: "n_routed_experts" }),
    attention_bias: a.qkv_bias ?? false,
    use_qk_norm: Boolean(a.qk_norm),
  }),
  glm4_moe_lite: routed,
  deepseek: routed,
  deepseek_v2: routed,
  deepseek_v3: routed,
  minicpm3: renamed({}, "head_dim"),
  gemma: (config, a) => ({ ...tied(config, a), hidden_activation: null, hidden_act: "gelu_pytorch_tanh" }),
  gemma2: renamed({ hidden_act: "hidden_activation" }, "sliding_window_pattern", "tie_word_embeddings"),
  gemma3_text: renamed({ hidden_act: "hidden_activation" }, "tie_word_embeddings"),
  gemma3: (config, a) => nested(rename(tied(config, a), { hidden_act: "hidden_activation" }), a),
  gemma3n: (config, a) =>
    nested(
      {
        ...rename(tied(config, a), { hidden_act: "hidden_activation" }),
        intermediate_size: Array.from({ length: a.num_hidden_layers }, () => a.intermediate_size),
      },
      a,
    ),
  gemma4: (config, a) => nested(rename(config, { num_experts_per_tok: "top_k_experts" }), a),
  gemma4_unified: nested,
  mistral3: (config, a) => nested(config, a),
  ministral3: (config, a) => nested(config, a),
  llama4: (config, a) =>
    nested({ ...without(experts(config, a), "n_shared_experts"), use_qk_norm: Boolean(a.qk_norm) }, a),
  mixtral: experts,
  phimoe: experts,
  olmoe: renamed({}, "moe_intermediate_size"),
  granitemoe: experts,
  granitemoehybrid: (config, a) =>
    a.num_experts === undefined
      ? { ...config, shared_intermediate_size: a.intermediate_size, num_local_experts: 0, num_experts_per_tok: 0 }
      : rename(experts(config, a), { shared_expert_intermediate_size: "shared_intermediate_size" }),
  gpt_oss: (config, a) => ({
    ...without(experts(config, a), "sliding_window_pattern"),
    layer_types: layerTypes(a.num_hidden_layers, 2).map((_, layer) =>
      layer % 2 === 0 ? "sliding_attention" : "full_attention",
    ),
  }),
  olmo3: (config, a) => ({
    ...without(config, "sliding_window_pattern"),
    layer_types: layerTypes(a.num_hidden_layers, a.sliding_window_pattern ?? 0),
  }),
  qwen3_5: nested,
  qwen3_5_moe: nested,
  qwen2: (config) => ({ ...without(config, "head_dim"), use_sliding_window: false, sliding_window: 131_072 }),
  lfm2: (config, a) => ({
    ...rename(without(config, "layer_types", "head_dim", "tie_word_embeddings"), { num_attention_heads: "num_heads" }),
    block_auto_adjust_ff_dim: true,
    block_ffn_dim_multiplier: 1,
    block_multiple_of: 256,
    intermediate_size: Math.floor((3 * ((a.intermediate_size ?? 0) - 171)) / 2),
    full_attn_idxs: a.layer_types?.flatMap((type, layer) => (type === "full_attention" ? [layer] : [])),
    tie_embedding: true,
  }),
  exaone: renamed({ num_hidden_layers: "num_layers", hidden_act: "activation_function" }),
  nemotron_h: renamed({
    num_experts: "n_routed_experts",
    shared_expert_intermediate_size: "moe_shared_expert_intermediate_size",
    mamba_n_heads: "mamba_num_heads",
    mamba_d_head: "mamba_head_dim",
    mamba_d_state: "ssm_state_size",
    mamba_n_groups: "n_groups",
    mamba_d_conv: "conv_kernel",
    hidden_act: "mlp_hidden_act",
  }),
};

const ATTENTION_BIAS_IN_CODE = new Set(["phimoe", "gpt_oss", "gpt_neox"]);

/** The config.json that stands beside a model of the catalog, as its family writes it: without what the code settles, under the family's names. */
export const upstreamConfig = (architecture: Architecture): Config => {
  const said = Object.fromEntries(Object.entries(architecture).filter(([field]) => !FIXED_IN_CODE.has(field)));
  const config = ATTENTION_BIAS_IN_CODE.has(architecture.model_type) ? without(said, "attention_bias") : said;
  const write = WRITERS[architecture.model_type];
  return { torch_dtype: "bfloat16", rope_theta: 10_000, ...(write ? write(config, architecture) : config) };
};
