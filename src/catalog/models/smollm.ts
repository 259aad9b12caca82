// SmolLM models.

import type { ModelRow } from "#catalog/rows.ts";

/** SmolLM models. */
export const SMOLLM_MODELS = {
  "smollm2-135m": {
    name: "SmolLM2 135M",
    family: "SmolLM2",
    hf_repo: "HuggingFaceTB/SmolLM2-135M",
    license: "Apache-2.0",
    architecture: {
      model_type: "llama",
      num_hidden_layers: 30,
      hidden_size: 576,
      num_attention_heads: 9,
      num_key_value_heads: 3,
      head_dim: 64,
      intermediate_size: 1536,
      vocab_size: 49152,
      tie_word_embeddings: true,
      max_position_embeddings: 8192,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
    },
    published: {
      params: 134_515_008,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (HuggingFaceTB/SmolLM2-135M)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of HuggingFaceTB/SmolLM2-135M)",
      "mlc-ai/mlc-llm@79d603f0:python/mlc_llm/model/model_preset.py (smollm2_135m)",
    ],
    retrieved: "2026-11",
  },
  "smollm2-360m": {
    name: "SmolLM2 360M",
    family: "SmolLM2",
    hf_repo: "HuggingFaceTB/SmolLM2-360M",
    license: "Apache-2.0",
    architecture: {
      model_type: "llama",
      num_hidden_layers: 32,
      hidden_size: 960,
      num_attention_heads: 15,
      num_key_value_heads: 5,
      head_dim: 64,
      intermediate_size: 2560,
      vocab_size: 49152,
      tie_word_embeddings: true,
      max_position_embeddings: 8192,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
    },
    published: {
      params: 361_821_120,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (HuggingFaceTB/SmolLM2-360M)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of HuggingFaceTB/SmolLM2-360M)",
      "mlc-ai/mlc-llm@79d603f0:python/mlc_llm/model/model_preset.py (smollm2_360m)",
    ],
    retrieved: "2026-11",
  },
  "smollm2-1.7b": {
    name: "SmolLM2 1.7B",
    family: "SmolLM2",
    hf_repo: "HuggingFaceTB/SmolLM2-1.7B",
    license: "Apache-2.0",
    architecture: {
      model_type: "llama",
      num_hidden_layers: 24,
      hidden_size: 2048,
      num_attention_heads: 32,
      num_key_value_heads: 32,
      head_dim: 64,
      intermediate_size: 8192,
      vocab_size: 49152,
      tie_word_embeddings: true,
      max_position_embeddings: 8192,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
    },
    published: {
      params: 1_711_376_384,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (HuggingFaceTB/SmolLM2-1.7B)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of HuggingFaceTB/SmolLM2-1.7B)",
      "mlc-ai/mlc-llm@79d603f0:python/mlc_llm/model/model_preset.py (smollm_1_7b) [differs: max_position_embeddings: source 2048 vs 8192]",
    ],
    retrieved: "2026-11",
  },
  "smollm3-3b": {
    name: "SmolLM3 3B",
    family: "SmolLM3",
    hf_repo: "HuggingFaceTB/SmolLM3-3B",
    license: "Apache-2.0",
    architecture: {
      model_type: "smollm3",
      num_hidden_layers: 36,
      hidden_size: 2048,
      num_attention_heads: 16,
      num_key_value_heads: 4,
      head_dim: 128,
      intermediate_size: 11008,
      vocab_size: 128256,
      tie_word_embeddings: true,
      max_position_embeddings: 65536,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
    },
    published: {
      params: 3_075_098_624,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "AlexsJones/llmfit@fab2bec:llmfit-core/data/hf_models.json (config.json fields of HuggingFaceTB/SmolLM3-3B)",
      "pytorch/executorch@cff6f4dd:examples/models/smollm3/3b_config.json",
    ],
    retrieved: "2026-11",
  },
} as const satisfies Record<string, ModelRow>;
