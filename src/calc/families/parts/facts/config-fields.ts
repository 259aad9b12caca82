import type { Architecture } from "#calc/model/architecture.ts";

// Fields that config classes and modelling files fix, for several types.
// @see transformers 5.24, `configuration_<model_type>.py` and `modeling_<model_type>.py`; for remote code what lies beside the checkpoints

export const LLAMA_FIELDS = {
  hidden_act: "silu",
  mlp_type: "gated",
  norm_type: "rmsnorm",
  norms_per_layer: 2,
} as const satisfies Partial<Architecture>;

export const GEMMA_FIELDS = { ...LLAMA_FIELDS, hidden_act: "gelu_pytorch_tanh" } as const;
export const GEMMA2_FIELDS = { ...GEMMA_FIELDS, norms_per_layer: 4 } as const;
export const GEMMA3_FIELDS = { ...GEMMA2_FIELDS, qk_norm: "head" } as const;

/** Biases everywhere, LayerNorm, a plain MLP: GPT-2 and its kin. */
export const GPT_FIELDS = {
  hidden_act: "gelu_new",
  mlp_type: "plain",
  norm_type: "layernorm",
  norms_per_layer: 2,
  attention_bias: true,
  qkv_bias: true,
  attention_out_bias: true,
  mlp_bias: true,
} as const satisfies Partial<Architecture>;
