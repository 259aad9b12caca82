import type { Architecture } from "#calc/model/architecture.ts";

/** What a family's modelling file and config class settle, so that a config.json of it need not say it. */
export type FamilyFacts = Readonly<{
  /** Fixed in code, or the default of the config class; a field that the config.json has wins. */
  fields: Partial<Architecture>;
  /** Default of `tie_word_embeddings`. */
  tied?: boolean;
  /** `attention_bias` of these configs is the bias of q, k and v alone. */
  biasOfQkv?: boolean;
  /** `intermediate_size` of these configs is the width of an expert. */
  expertsAreIntermediate?: boolean;
}>;

const llama = {
  hidden_act: "silu",
  mlp_type: "gated",
  norm_type: "rmsnorm",
  norms_per_layer: 2,
} as const satisfies Partial<Architecture>;

const gemma = { ...llama, hidden_act: "gelu_pytorch_tanh" } as const;
const gemma2 = { ...gemma, norms_per_layer: 4 } as const;
const gemma3 = { ...gemma2, qk_norm: "head" } as const;
const cohere = { ...llama, norm_type: "layernorm_nobias", norms_per_layer: 1 } as const;
const qwen3Next = { ...llama, qk_norm: "head", full_attention_interval: 4, attn_output_gate: true } as const;

/** Biases everywhere, LayerNorm, a plain MLP: GPT-2 and its kin. */
const gpt = {
  hidden_act: "gelu_new",
  mlp_type: "plain",
  norm_type: "layernorm",
  norms_per_layer: 2,
  attention_bias: true,
  qkv_bias: true,
  attention_out_bias: true,
  mlp_bias: true,
} as const satisfies Partial<Architecture>;

const gptj = {
  hidden_act: "gelu_new",
  mlp_type: "plain",
  norm_type: "layernorm",
  norms_per_layer: 1,
  mlp_bias: true,
  lm_head_bias: true,
} as const satisfies Partial<Architecture>;

const gptNeo = {
  hidden_act: "gelu_new",
  mlp_type: "plain",
  norm_type: "layernorm",
  norms_per_layer: 2,
  attention_out_bias: true,
  mlp_bias: true,
} as const satisfies Partial<Architecture>;

/**
 * By `model_type`. @see transformers 5.24, `configuration_<model_type>.py` and `modeling_<model_type>.py`; for deepseek, internlm2, minicpm, mimo,
 * phi3small the remote code beside their checkpoints.
 */
const FACTS: Readonly<Record<string, FamilyFacts>> = {
  llama: { fields: llama },
  mistral: { fields: llama },
  mistral3: { fields: llama },
  ministral3: { fields: llama },
  smollm3: { fields: llama, tied: true },
  ernie4_5: { fields: llama, tied: true },
  granite: { fields: llama },
  internlm2: { fields: llama },
  internlm3: { fields: llama },
  minicpm: { fields: llama, tied: true },
  exaone: { fields: llama },
  phi3: { fields: llama },
  olmo: { fields: { ...llama, norm_type: "none" } },
  olmo2: { fields: { ...llama, qk_norm: "full" } },
  olmo3: { fields: { ...llama, qk_norm: "full" } },
  exaone4: { fields: { ...llama, qk_norm: "head" } },
  mimo: { fields: { ...llama, qkv_bias: true }, biasOfQkv: true },
  helium: { fields: llama },
  hunyuan_v1_dense: { fields: llama },
  seed_oss: { fields: { ...llama, qkv_bias: true }, biasOfQkv: true },
  glm: { fields: llama, biasOfQkv: true },
  glm4: { fields: { ...llama, norms_per_layer: 4 }, biasOfQkv: true },
  arcee: { fields: { ...llama, hidden_act: "relu2", mlp_type: "plain" } },
  nemotron: { fields: { ...llama, hidden_act: "relu2", mlp_type: "plain", norm_type: "layernorm" } },
  apertus: { fields: { ...llama, hidden_act: "xielu", mlp_type: "plain", qk_norm: "head" } },
  stablelm: { fields: { ...llama, norm_type: "layernorm" } },
  lfm2: { fields: { ...llama, qk_norm: "head", conv_L_cache: 3 }, tied: true },
  qwen2: { fields: { ...llama, qkv_bias: true } },
  qwen3: { fields: { ...llama, qk_norm: "head" } },
  gemma: { fields: gemma, tied: true },
  gemma2: { fields: { ...gemma2, sliding_window_pattern: 2 }, tied: true },
  gemma3: { fields: { ...gemma3, sliding_window_pattern: 6 }, tied: true },
  gemma3_text: { fields: { ...gemma3, sliding_window_pattern: 6 }, tied: true },
  gemma3n: { fields: gemma3, tied: true },
  gemma3n_text: { fields: gemma3, tied: true },
  gemma4: { fields: gemma3, tied: true },
  gemma4_text: { fields: gemma3, tied: true },
  gemma4_unified: { fields: gemma3, tied: true },
  gemma4_unified_text: { fields: gemma3, tied: true },
  cohere: { fields: cohere, tied: true },
  cohere2: { fields: { ...cohere, sliding_window_pattern: 4 }, tied: true },
  phi: { fields: { ...gpt, norms_per_layer: 1, lm_head_bias: true } },
  phi3small: { fields: { ...gpt, hidden_act: "gegelu", mlp_type: "gated" }, tied: true },
  starcoder2: { fields: { ...gpt, hidden_act: "gelu_pytorch_tanh" }, tied: true },
  gpt_neox: { fields: { ...gpt, hidden_act: "gelu" } },
  gpt2: { fields: gpt, tied: true },
  gpt_bigcode: { fields: { ...gpt, hidden_act: "gelu_pytorch_tanh" }, tied: true },
  gpt_neo: { fields: gptNeo, tied: true },
  gptj: { fields: gptj },
  bloom: { fields: { ...gpt, hidden_act: "gelu", embedding_norm: true, max_position_embeddings: 2048 }, tied: true },
  opt: { fields: { ...gpt, hidden_act: "relu" }, tied: true },
  falcon: {
    fields: {
      hidden_act: "gelu",
      mlp_type: "plain",
      norm_type: "layernorm",
      norms_per_layer: 1,
      max_position_embeddings: 2048,
    },
    tied: true,
  },
  mixtral: { fields: llama, expertsAreIntermediate: true },
  olmoe: { fields: { ...llama, qk_norm: "full" }, expertsAreIntermediate: true },
  granitemoe: { fields: llama, expertsAreIntermediate: true },
  granitemoehybrid: { fields: llama, expertsAreIntermediate: true },
  phimoe: {
    fields: {
      ...llama,
      norm_type: "layernorm",
      attention_bias: true,
      qkv_bias: true,
      attention_out_bias: true,
      lm_head_bias: true,
    },
    expertsAreIntermediate: true,
  },
  gpt_oss: {
    fields: {
      ...llama,
      attention_bias: true,
      qkv_bias: true,
      attention_out_bias: true,
      attention_sinks: true,
      router_bias: true,
      expert_bias: true,
    },
    expertsAreIntermediate: true,
  },
  llama4: { fields: { ...llama, n_shared_experts: 1 }, expertsAreIntermediate: true },
  llama4_text: { fields: { ...llama, n_shared_experts: 1 }, expertsAreIntermediate: true },
  qwen2_moe: { fields: { ...llama, qkv_bias: true, shared_expert_gate: true } },
  qwen3_moe: { fields: { ...llama, qk_norm: "head" } },
  qwen3_next: { fields: { ...qwen3Next, shared_expert_gate: true } },
  qwen3_5: { fields: qwen3Next },
  qwen3_5_text: { fields: qwen3Next },
  qwen3_5_moe: { fields: { ...qwen3Next, shared_expert_gate: true } },
  qwen3_5_moe_text: { fields: { ...qwen3Next, shared_expert_gate: true } },
  deepseek: { fields: llama },
  deepseek_v2: { fields: llama },
  deepseek_v3: { fields: { ...llama, router_correction_bias: true } },
  glm4_moe: { fields: { ...llama, router_correction_bias: true }, biasOfQkv: true },
  glm4_moe_lite: { fields: { ...llama, router_correction_bias: true } },
  minicpm3: { fields: llama, tied: true },
  nemotron_h: { fields: { hidden_act: "relu2", mlp_type: "plain", norm_type: "rmsnorm", norms_per_layer: 1 } },
};

/** What is settled for a `model_type`; null for one that is not known. */
export const familyFacts = (model_type: string): FamilyFacts | null =>
  (Object.hasOwn(FACTS, model_type) ? FACTS[model_type] : undefined) ?? null;

/** What an unknown family is taken to be. */
export const LLAMA_FACTS: FamilyFacts = { fields: llama };
