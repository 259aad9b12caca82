// Seed-OSS models.

import type { ModelRow } from "#catalog/rows.ts";

/** Seed-OSS models. */
export const SEED_OSS_MODELS = {
  "seed-oss-36b": {
    name: "Seed-OSS 36B",
    family: "Seed-OSS",
    hf_repo: "ByteDance-Seed/Seed-OSS-36B-Instruct",
    license: "Apache-2.0",
    architecture: {
      model_type: "seed_oss",
      num_hidden_layers: 64,
      hidden_size: 5120,
      num_attention_heads: 80,
      num_key_value_heads: 8,
      head_dim: 128,
      intermediate_size: 27648,
      vocab_size: 155136,
      tie_word_embeddings: false,
      max_position_embeddings: 524288,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
      qkv_bias: true,
    },
    published: {
      params: 36_151_104_512,
      source: "Seed-OSS-36B exact count; public file, repository not recorded",
    },
    source: [
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of ByteDance-Seed/Seed-OSS-36B-Instruct)",
      "full row; public file, repository not recorded",
    ],
    retrieved: "2026-11",
  },
} as const satisfies Record<string, ModelRow>;
