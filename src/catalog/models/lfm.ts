// Liquid LFM models.

import { type ModelRow, layerTypes } from "#catalog/rows.ts";

/** Liquid LFM models. */
export const LFM_MODELS = {
  "lfm2-350m": {
    name: "LFM2 350M",
    family: "LFM2",
    hf_repo: "LiquidAI/LFM2-350M",
    license: "LFM Open License v1.0",
    architecture: {
      model_type: "lfm2",
      num_hidden_layers: 16,
      hidden_size: 1024,
      num_attention_heads: 16,
      num_key_value_heads: 8,
      head_dim: 64,
      intermediate_size: 4608,
      vocab_size: 65536,
      tie_word_embeddings: true,
      max_position_embeddings: 128000,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
      qk_norm: "head",
      layer_types: layerTypes({ layers: 16, usual: "conv", special: "full_attention", at: [2, 5, 8, 10, 12, 14] }),
      conv_L_cache: 3,
    },
    published: {
      params: 354_483_968,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "AlexsJones/llmfit@fab2bec:llmfit-core/data/hf_models.json (config.json fields of LiquidAI/LFM2-350M)",
      "pytorch/executorch@cff6f4dd:examples/models/lfm2/config/lfm2_350m_config.json",
    ],
    retrieved: "2026-11",
  },
  "lfm2-700m": {
    name: "LFM2 700M",
    family: "LFM2",
    hf_repo: "LiquidAI/LFM2-700M",
    license: "LFM Open License v1.0",
    architecture: {
      model_type: "lfm2",
      num_hidden_layers: 16,
      hidden_size: 1536,
      num_attention_heads: 24,
      num_key_value_heads: 8,
      head_dim: 64,
      intermediate_size: 6912,
      vocab_size: 65536,
      tie_word_embeddings: true,
      max_position_embeddings: 128000,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
      qk_norm: "head",
      layer_types: layerTypes({ layers: 16, usual: "conv", special: "full_attention", at: [2, 5, 8, 10, 12, 14] }),
      conv_L_cache: 3,
    },
    published: {
      params: 742_489_344,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "AlexsJones/llmfit@fab2bec:llmfit-core/data/hf_models.json (config.json fields of LiquidAI/LFM2-700M)",
      "pytorch/executorch@cff6f4dd:examples/models/lfm2/config/lfm2_700m_config.json",
    ],
    retrieved: "2026-11",
  },
  "lfm2-1.2b": {
    name: "LFM2 1.2B",
    family: "LFM2",
    hf_repo: "LiquidAI/LFM2-1.2B",
    license: "LFM Open License v1.0",
    architecture: {
      model_type: "lfm2",
      num_hidden_layers: 16,
      hidden_size: 2048,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      head_dim: 64,
      intermediate_size: 8192,
      vocab_size: 65536,
      tie_word_embeddings: true,
      max_position_embeddings: 128000,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
      qk_norm: "head",
      layer_types: layerTypes({ layers: 16, usual: "conv", special: "full_attention", at: [2, 5, 8, 10, 12, 14] }),
      conv_L_cache: 3,
    },
    published: {
      params: 1_170_340_608,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "AlexsJones/llmfit@fab2bec:llmfit-core/data/hf_models.json (config.json fields of LiquidAI/LFM2-1.2B)",
      "pytorch/executorch@cff6f4dd:examples/models/lfm2/config/lfm2_1_2b_config.json",
    ],
    retrieved: "2026-11",
  },
} as const satisfies Record<string, ModelRow>;
