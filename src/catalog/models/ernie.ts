// ERNIE models.

import type { ModelRow } from "#catalog/rows.ts";

/** ERNIE models. */
export const ERNIE_MODELS = {
  "ernie-4.5-0.3b": {
    name: "ERNIE 4.5 0.3B",
    family: "ERNIE 4.5",
    hf_repo: "baidu/ERNIE-4.5-0.3B-PT",
    license: "Apache-2.0",
    architecture: {
      model_type: "ernie4_5",
      num_hidden_layers: 18,
      hidden_size: 1024,
      num_attention_heads: 16,
      num_key_value_heads: 2,
      head_dim: 128,
      intermediate_size: 3072,
      vocab_size: 103424,
      tie_word_embeddings: true,
      max_position_embeddings: 131072,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
    },
    published: {
      params: 360_748_032,
      source: "exact count; public file, repository not recorded",
    },
    source: [
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of baidu/ERNIE-4.5-0.3B-PT)",
    ],
    retrieved: "2026-11",
  },
} as const satisfies Record<string, ModelRow>;
