import type { TensorPlan } from "#calc/families/tensor-plan.ts";

// Plans of transformers that several types share.
// @see transformers 5.24, `base_model_tp_plan` in models/…/configuration_….py, `_tp_plan` in modeling_….py

export const WHOLLY: TensorPlan = { cuts: ["heads", "mlp", "experts"] };
export const WITH_SHARED_EXPERT: TensorPlan = { cuts: [...WHOLLY.cuts, "shared"] };
export const EXPERTS_ALONE: TensorPlan = { cuts: ["experts"] };
export const VOCABULARY_ALONE: TensorPlan = { cuts: [] };
export const GATHERED_ATTENTION: TensorPlan = {
  cuts: ["mlp", "experts"],
  gathers: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
  splits: ["self_attn.o_proj"],
};
export const LATENT_ATTENTION: TensorPlan = { ...WHOLLY, shares: "self_attn.kv_a_proj_with_mqa" };
