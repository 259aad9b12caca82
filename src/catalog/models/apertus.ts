// Apertus models.

import type { ModelRow } from "#catalog/rows.ts";

/** Apertus models. */
export const APERTUS_MODELS = {
  "apertus-8b": {
    name: "Apertus 8B",
    family: "Apertus",
    hf_repo: "swiss-ai/Apertus-8B-2509",
    license: "Apache-2.0",
    architecture: {
      model_type: "apertus",
      num_hidden_layers: 32,
      hidden_size: 4096,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      head_dim: 128,
      intermediate_size: 21504,
      vocab_size: 131072,
      tie_word_embeddings: false,
      max_position_embeddings: 65536,
      hidden_act: "xielu",
      mlp_type: "plain",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
      qk_norm: "head",
    },
    published: {
      params: 8_053_338_176,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of swiss-ai/Apertus-8B-2509)",
    ],
    retrieved: "2026-11",
  },
} as const satisfies Record<string, ModelRow>;
