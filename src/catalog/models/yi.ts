// Yi models.

import type { ModelRow } from "#catalog/rows.ts";

/** Yi models. */
export const YI_MODELS = {
  "yi-6b": {
    name: "Yi 6B",
    family: "Yi",
    hf_repo: "01-ai/Yi-6B",
    license: "Apache-2.0",
    architecture: {
      model_type: "llama",
      num_hidden_layers: 32,
      hidden_size: 4096,
      num_attention_heads: 32,
      num_key_value_heads: 4,
      head_dim: 128,
      intermediate_size: 11008,
      vocab_size: 64000,
      tie_word_embeddings: false,
      max_position_embeddings: 4096,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
    },
    published: {
      params: 6_061_035_520,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: ["AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of 01-ai/Yi-6B)"],
    retrieved: "2026-11",
  },
  "yi-1.5-9b": {
    name: "Yi 1.5 9B",
    family: "Yi",
    hf_repo: "01-ai/Yi-1.5-9B",
    license: "Apache-2.0",
    architecture: {
      model_type: "llama",
      num_hidden_layers: 48,
      hidden_size: 4096,
      num_attention_heads: 32,
      num_key_value_heads: 4,
      head_dim: 128,
      intermediate_size: 11008,
      vocab_size: 64000,
      tie_word_embeddings: false,
      max_position_embeddings: 4096,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
    },
    published: {
      params: 8_829_407_232,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: ["AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of 01-ai/Yi-1.5-9B)"],
    retrieved: "2026-11",
  },
  "yi-34b": {
    name: "Yi 34B",
    family: "Yi",
    hf_repo: "01-ai/Yi-34B",
    license: "Apache-2.0",
    architecture: {
      model_type: "llama",
      num_hidden_layers: 60,
      hidden_size: 7168,
      num_attention_heads: 56,
      num_key_value_heads: 8,
      head_dim: 128,
      intermediate_size: 20480,
      vocab_size: 64000,
      tie_word_embeddings: false,
      max_position_embeddings: 4096,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
    },
    published: {
      params: 34_388_917_248,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of 01-ai/Yi-34B)",
      "inference-sim/inference-sim@f90a1e3a:model_configs/yi-34b/config.json",
    ],
    retrieved: "2026-11",
  },
} as const satisfies Record<string, ModelRow>;
