// Moonshot models.

import type { ModelRow } from "#catalog/rows.ts";

/** Moonshot models. */
export const MOONSHOT_MODELS = {
  "moonlight-16b-a3b": {
    name: "Moonlight 16B-A3B",
    family: "Moonshot",
    hf_repo: "moonshotai/Moonlight-16B-A3B",
    license: "MIT",
    architecture: {
      model_type: "deepseek_v3",
      num_hidden_layers: 27,
      hidden_size: 2048,
      num_attention_heads: 16,
      num_key_value_heads: 16,
      head_dim: 192,
      intermediate_size: 11264,
      vocab_size: 163840,
      tie_word_embeddings: false,
      max_position_embeddings: 8192,
      hidden_act: "silu",
      mlp_type: "gated",
      norm_type: "rmsnorm",
      norms_per_layer: 2,
      num_experts: 64,
      num_experts_per_tok: 6,
      moe_intermediate_size: 1408,
      n_shared_experts: 2,
      first_k_dense_replace: 1,
      router_correction_bias: true,
      kv_lora_rank: 512,
      qk_nope_head_dim: 128,
      qk_rope_head_dim: 64,
      v_head_dim: 128,
    },
    published: {
      params: 15_960_111_936,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
      differences: [
        {
          what: "e_score_correction_bias of 26 MoE layers x 64 experts: a buffer of the modelling code, not a parameter",
          params: 1664,
        },
        {
          what: "unexplained 1,728 = 27 x 64 (perhaps one more e_score_correction_bias-sized vector per layer incl. dense layer); 1e-7 of the model",
          params: 1728,
        },
      ],
    },
    source: [
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of moonshotai/Moonlight-16B-A3B) [differs: head_dim: source 128 vs 192]",
      "dense-layer intermediate 11264 fixed by the Hub total (to 1e-7)",
    ],
    retrieved: "2026-11",
  },
} as const satisfies Record<string, ModelRow>;
