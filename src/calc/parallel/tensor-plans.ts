/** What is cut in all layers: heads of attention, the width of MLPs, of experts, of the expert that all tokens go to. */
export type Cut = "heads" | "mlp" | "experts" | "shared";

/**
 * How ranks divide the layers of a type of model; embedding and head are divided by the vocabulary in every plan. What is cut stays a part from the
 * matrices cut by columns to those cut by rows; around matrices that stand alone everything is whole.
 */
export type TensorPlan = Readonly<{
  cuts: readonly Cut[];
  /** Matrices cut by columns whose results are gathered at once (`colwise_gather_output`). */
  gathers?: readonly string[];
  /** Matrices cut by rows that take their share of a whole input (`rowwise_split_input`). */
  splits?: readonly string[];
  /** The whole projection of which heads that are divided share a part (`mla_kv_a_proj`). */
  shares?: string;
  /** Where the head stays whole on every rank. */
  head?: "whole";
}>;

const WHOLLY: TensorPlan = { cuts: ["heads", "mlp", "experts"] };
const WITH_SHARED_EXPERT: TensorPlan = { cuts: [...WHOLLY.cuts, "shared"] };
const EXPERTS_ALONE: TensorPlan = { cuts: ["experts"] };
const VOCABULARY_ALONE: TensorPlan = { cuts: [] };
const GATHERED_ATTENTION: TensorPlan = {
  cuts: ["mlp", "experts"],
  gathers: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
  splits: ["self_attn.o_proj"],
};
const GATHERED_MLP: TensorPlan = { cuts: ["heads"], gathers: ["mlp.gate_up_proj"], splits: ["mlp.down_proj"] };
const LATENT_ATTENTION: TensorPlan = { ...WHOLLY, shares: "self_attn.kv_a_proj_with_mqa" };
/** Layers of the delta rule are gathered after every projection. */
const GATHERED_DELTA_RULE = (...projections: readonly string[]): TensorPlan => ({
  ...WITH_SHARED_EXPERT,
  gathers: [...projections, "out_proj"].map((name) => `linear_attn.${name}`),
});

/**
 * The plans of transformers, by type of model. Types that are not here have none (GPT-2, Falcon ...), or one that is not modelled.
 *
 * @see transformers 5.24, `base_model_tp_plan` in models/…/configuration_….py, `_tp_plan` in modeling_….py
 */
const PLANS: Readonly<Record<string, TensorPlan>> = {
  apertus: WHOLLY,
  arcee: WHOLLY,
  cohere: WHOLLY,
  cohere2: WHOLLY,
  deepseek_v2: { ...LATENT_ATTENTION, cuts: WITH_SHARED_EXPERT.cuts },
  deepseek_v3: { cuts: ["mlp", "experts", "shared"] },
  ernie4_5: WHOLLY,
  exaone: WHOLLY,
  exaone4: WHOLLY,
  gemma: WHOLLY,
  gemma2: WHOLLY,
  gemma3: WHOLLY,
  gemma3_text: WHOLLY,
  gemma3n: WHOLLY,
  gemma4: WHOLLY,
  gemma4_unified: WHOLLY,
  glm: GATHERED_MLP,
  glm4: GATHERED_MLP,
  glm4_moe: WITH_SHARED_EXPERT,
  glm4_moe_lite: LATENT_ATTENTION,
  gpt_neox: WHOLLY,
  gpt_oss: VOCABULARY_ALONE,
  gptj: WHOLLY,
  granite: WHOLLY,
  granitemoe: EXPERTS_ALONE,
  granitemoehybrid: EXPERTS_ALONE,
  helium: WHOLLY,
  internlm3: WHOLLY,
  lfm2: VOCABULARY_ALONE,
  llama: WHOLLY,
  minicpm3: LATENT_ATTENTION,
  ministral3: WHOLLY,
  mistral: WHOLLY,
  mistral3: WHOLLY,
  mixtral: WHOLLY,
  nemotron: WHOLLY,
  nemotron_h: { ...EXPERTS_ALONE, head: "whole" },
  olmo: WHOLLY,
  olmo2: GATHERED_ATTENTION,
  olmo3: GATHERED_ATTENTION,
  olmoe: GATHERED_ATTENTION,
  phi: WHOLLY,
  phi3: {
    cuts: [],
    gathers: ["self_attn.qkv_proj", "mlp.gate_up_proj"],
    splits: ["self_attn.o_proj", "mlp.down_proj"],
  },
  phimoe: EXPERTS_ALONE,
  qwen2: WHOLLY,
  qwen2_moe: WHOLLY,
  qwen3: WHOLLY,
  qwen3_5: GATHERED_DELTA_RULE("in_proj_qkv", "in_proj_z", "in_proj_b", "in_proj_a"),
  qwen3_5_moe: GATHERED_DELTA_RULE("in_proj_qkv", "in_proj_z", "in_proj_b", "in_proj_a"),
  qwen3_moe: WHOLLY,
  qwen3_next: GATHERED_DELTA_RULE("in_proj_qkvz", "in_proj_ba"),
  seed_oss: WHOLLY,
  smollm3: WHOLLY,
  starcoder2: WHOLLY,
};

/** How the matrices of a type of model are divided over ranks; undefined where they cannot be. */
export const tensorPlan = (model_type: string): TensorPlan | undefined =>
  Object.hasOwn(PLANS, model_type) ? PLANS[model_type] : undefined;
