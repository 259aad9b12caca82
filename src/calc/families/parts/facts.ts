// Facts that several model types share: config fields, tensor plans, and reasons why a fact is missing.

import type { None, TensorPlan, ModelType } from "#calc/families/family.ts";
import type { Architecture, ConfigRule } from "#calc/model/architecture.ts";

// Reasons for which several types lack a fact.

/** @see transformers 5.24, models/…/configuration_….py, which have no `base_model_tp_plan` */
export const NO_PLAN: None = { none: "Version 5.24 of transformers has no plan that divides its matrices." };
export const PLAN_NOT_WRITTEN: None = { none: "Transformers has a plan for it, and nobody has written it down here." };
/** Checkpoints name the outer type, which wraps this decoder and a vision model, or another name of the same decoder. */
export const INNER_TYPE: None = {
  none: "Checkpoints carry the outer type, and nobody held the inner one against a run.",
};
const REMOTE_CODE: None = { none: "Its code lies beside its checkpoints and is not in transformers." };

/** @see accelerate 1.15, big_modeling.py, `_refuse_recurrent_layers_under_sequence_parallelism` */
export const STATE_OF_TOKENS: None = { none: "Accelerate refuses layers whose state goes from token to token." };
/** @see deepspeed 0.19, runtime/sequence_parallel/ulysses_sp.py, `UlyssesSPAttentionHF.forward` */
export const NO_POSITIONS: None = { none: "It hands its attention no positions, which DeepSpeed's Ulysses asks for." };
export const OTHER_WIDTHS: None = {
  none: "Its keys and values are not all as wide as DeepSpeed's Ulysses takes heads to be.",
};
export const OWN_ATTENTION: None = {
  none: "Its attention is its own and not one of transformers' exchangeable functions.",
};
export const EXPECTS_HEADS: None = {
  none: "It expects heads back from its attention, and DeepSpeed's Ulysses returns them joined.",
};
export const NOT_HELD_BY_ULYSSES: None = { none: "Nobody held it against a run of DeepSpeed's Ulysses." };

export const NO_RING: None = { none: "Not all of its layers are attention in one kernel, which the ring goes around." };
export const EXTRA_INPUTS: None = { none: "Its layers are handed more than hidden states by what is before them all." };

export const NO_REFUSED: None = { none: "PEFT adapts every linear of this family." };
export const EXACT: None = {
  none: "Its step is counted op by op as its code runs, and nothing of it is known to differ.",
};

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

/** Key heads in configs older than `num_key_value_heads`: one where all queries share it (`multi_query`), else as many as query heads. */
export const multiQuery = (
  written: Parameters<ConfigRule>[0],
  { num_attention_heads: heads = 0 }: Parameters<ConfigRule>[1],
): number => (written("multi_query") === false ? heads : 1);

/** A table of learned positions with `more` rows beyond `max_position_embeddings`. */
export const learnedPositions =
  (more: number): ConfigRule =>
  (_, { max_position_embeddings: positions }) =>
    positions === undefined ? {} : { learned_positions: positions + more };

// Plans of transformers that several types share.
// @see transformers 5.24, `base_model_tp_plan` in models/…/configuration_….py, `_tp_plan` in modeling_….py

export const WHOLE_PLAN: TensorPlan = { cuts: ["heads", "mlp", "experts"] };
export const WITH_SHARED_EXPERT: TensorPlan = { cuts: [...WHOLE_PLAN.cuts, "shared"] };
export const EXPERTS_ONLY: TensorPlan = { cuts: ["experts"] };
export const VOCABULARY_ONLY: TensorPlan = { cuts: [] };
export const GATHERED_ATTENTION: TensorPlan = {
  cuts: ["mlp", "experts"],
  gathers: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
  splits: ["self_attn.o_proj"],
};
export const LATENT_ATTENTION: TensorPlan = { ...WHOLE_PLAN, shares: "self_attn.kv_a_proj_with_mqa" };

/** Facts of a type of which only the code of transformers 5 is written down here. */
export const TRANSFORMERS_ONLY = {
  transformers4: {
    none: "Nobody wrote down its layer of version 4: that of version 5 is run, checkpointed as version 4 does.",
  },
  torchtune: { none: "Nobody wrote down what torchtune runs of it: the layer of transformers is run." },
  liger: { none: "Nobody wrote down which of its modules Liger has kernels for: those of transformers are run." },
  unsloth: { none: "Nobody wrote down what Unsloth runs of it: the layer of transformers is run." },
} as const satisfies Partial<ModelType>;

/** Facts of a type whose code comes only with its checkpoints. It is run as its nearest kin in transformers. */
export const remoteCode = (model_type: string): Omit<ModelType, "name" | "forward" | "config"> => ({
  tensorParallel: REMOTE_CODE,
  contextParallel: true,
  ulysses: REMOTE_CODE,
  pipeline: true,
  ...TRANSFORMERS_ONLY,
  heldAgainst: { none: "No run of fake tensors takes code that is not in transformers." },
  approximation: `The code of ${model_type} is not in transformers: it is run as its nearest kin, and checked against nothing.`,
});

/** The approximation of types with convolutions, state spaces or linear attention. */
export const WITHOUT_KERNELS =
  "Convolutions, state spaces and linear attention run as transformers runs them without the optional kernels.";
