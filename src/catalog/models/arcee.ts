// Arcee models.

import type { ModelRow } from "#catalog/rows.ts";

/** Arcee models. */
export const ARCEE_MODELS = {
  "afm-4.5b": {
    name: "AFM 4.5B",
    family: "Arcee",
    hf_repo: "arcee-ai/AFM-4.5B-Base",
    license: "AFM Community License",
    architecture: {
      model_type: "arcee",
      num_hidden_layers: 36,
      hidden_size: 2560,
      num_attention_heads: 20,
      num_key_value_heads: 4,
      head_dim: 128,
      intermediate_size: 18432,
      vocab_size: 128004,
      tie_word_embeddings: false,
      max_position_embeddings: 65536,
      hidden_act: "relu2",
      mlp_type: "plain",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
    },
    published: {
      params: 4_619_184_640,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of arcee-ai/AFM-4.5B-Base)",
    ],
    retrieved: "2026-11",
  },
} as const satisfies Record<string, ModelRow>;
