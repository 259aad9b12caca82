// StableLM models.

import type { ModelRow } from "#catalog/rows.ts";

/** StableLM models. */
export const STABLELM_MODELS = {
  "stablelm-3b-4e1t": {
    name: "StableLM 3B 4E1T",
    family: "StableLM",
    hf_repo: "stabilityai/stablelm-3b-4e1t",
    license: "CC-BY-SA-4.0",
    architecture: {
      model_type: "stablelm",
      num_hidden_layers: 32,
      hidden_size: 2560,
      num_attention_heads: 32,
      num_key_value_heads: 32,
      head_dim: 80,
      intermediate_size: 6912,
      vocab_size: 50304,
      tie_word_embeddings: false,
      max_position_embeddings: 4096,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "layernorm",
      norms_per_layer: 2,
    },
    published: {
      params: 2_795_443_200,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (stabilityai/stablelm-3b-4e1t)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of stabilityai/stablelm-3b-4e1t)",
      "mlc-ai/mlc-llm@79d603f0:python/mlc_llm/model/model_preset.py (stablelm)",
    ],
    retrieved: "2026-11",
  },
  "stablelm-2-1.6b": {
    name: "StableLM 2 1.6B",
    family: "StableLM",
    hf_repo: "stabilityai/stablelm-2-1_6b",
    license: "Stability AI Community License",
    architecture: {
      model_type: "stablelm",
      num_hidden_layers: 24,
      hidden_size: 2048,
      num_attention_heads: 32,
      num_key_value_heads: 32,
      head_dim: 64,
      intermediate_size: 5632,
      vocab_size: 100352,
      tie_word_embeddings: false,
      max_position_embeddings: 4096,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "layernorm",
      norms_per_layer: 2,
      qkv_bias: true,
    },
    published: {
      params: 1_644_515_328,
      source: "HF Hub safetensors.total of stabilityai/stablelm-2-1_6b-chat (AlexsJones/llmfit)",
    },
    source: [
      "AlexsJones/llmfit@fab2bec:llmfit-core/data/hf_models.json (config.json fields of stabilityai/stablelm-2-1_6b-chat)",
      "mlc-ai/mlc-llm@79d603f0:python/mlc_llm/model/model_preset.py (stablelm-2-zephyr-1_6b)",
    ],
    retrieved: "2026-11",
  },
  "stablelm-2-12b": {
    name: "StableLM 2 12B",
    family: "StableLM",
    hf_repo: "stabilityai/stablelm-2-12b",
    license: "Stability AI Community License",
    architecture: {
      model_type: "stablelm",
      num_hidden_layers: 40,
      hidden_size: 5120,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      head_dim: 160,
      intermediate_size: 13824,
      vocab_size: 100352,
      tie_word_embeddings: false,
      max_position_embeddings: 4096,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "layernorm",
      norms_per_layer: 1,
      qk_norm: "ln_per_head_nobias",
    },
    published: {
      params: 12_143_185_920,
      source: "official card count; public file, repository not recorded",
      differences: [
        {
          what: "post_attention_layernorm of 40 layers (2 x 5120), counted here as for every StableLM: this one has none (use_parallel_residual)",
          params: -409600,
        },
      ],
    },
    source: ["stabilityai/stablelm-2-12b config.json@74dd3f53 (qk_layernorm, use_parallel_residual)"],
    retrieved: "2026-11",
  },
} as const satisfies Record<string, ModelRow>;
