// MiMo models.

import type { ModelRow } from "#catalog/rows.ts";

/** MiMo models. */
export const MIMO_MODELS = {
  "mimo-7b": {
    name: "MiMo 7B",
    family: "MiMo",
    hf_repo: "XiaomiMiMo/MiMo-7B-Base",
    license: "MIT",
    architecture: {
      model_type: "mimo",
      num_hidden_layers: 36,
      hidden_size: 4096,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      head_dim: 128,
      intermediate_size: 11008,
      vocab_size: 151680,
      tie_word_embeddings: false,
      max_position_embeddings: 32768,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
      qkv_bias: true,
    },
    published: {
      params: 7_833_409_536,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
      differences: [{ what: "1 MTP layer (computed)", params: 210_790_400 }],
    },
    source: [
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of XiaomiMiMo/MiMo-7B-Base)",
      "ai-dynamo/aiconfigurator@095f58a5:aic-core/src/aiconfigurator_core/model_configs/XiaomiMiMo--MiMo-7B-Base_config.json",
    ],
    retrieved: "2026-11",
  },
} as const satisfies Record<string, ModelRow>;
