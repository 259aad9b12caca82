import type { Family } from "#calc/families/family.ts";
import type { ModelType } from "#calc/families/model-type.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { INNER_TYPE, STATE_OF_TOKENS, NO_RING, NO_REFUSED } from "#calc/families/parts/facts/reasons.ts";
import { WITH_SHARED_EXPERT } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { WITHOUT_KERNELS } from "#calc/families/parts/facts/without-kernels.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import type { TensorPlan } from "#calc/families/tensor-plan.ts";
import { qwen3_next, qwen3_5, qwen3_5_moe } from "./forward.ts";
import { layout } from "./tensors.ts";

/** In layers with the delta rule, the output of every projection is gathered. */
const gatheredDeltaRule = (...projections: readonly string[]): TensorPlan => ({
  ...WITH_SHARED_EXPERT,
  gathers: [...projections, "out_proj"].map((name) => `linear_attn.${name}`),
});

/** Qwen3.5 has four projections. */
const IN_FOUR = gatheredDeltaRule("in_proj_qkv", "in_proj_z", "in_proj_b", "in_proj_a");

const FIELDS = { ...LLAMA_FIELDS, qk_norm: "head", full_attention_interval: 4, attn_output_gate: true } as const;

/** Facts that these types share. */
const SHARED = {
  contextParallel: NO_RING,
  ulysses: STATE_OF_TOKENS,
  pipeline: true,
  ...TRANSFORMERS_ALONE,
  approximation: WITHOUT_KERNELS,
} as const satisfies Partial<ModelType>;

/** Qwen3-Next and Qwen3.5. */
export const qwen3Next: Family = {
  model_types: {
    qwen3_next: {
      name: "Qwen 3 next",
      ...SHARED,
      forward: qwen3_next,
      tensorParallel: gatheredDeltaRule("in_proj_qkvz", "in_proj_ba"),
      config: { fields: { ...FIELDS, shared_expert_gate: true }, kindsCount: true },
      heldAgainst: { runs: ["step", "tensor parallel", "expert parallel"] },
    },
    qwen3_5: {
      name: "Qwen 3 5",
      ...SHARED,
      forward: qwen3_5,
      tensorParallel: IN_FOUR,
      config: { fields: FIELDS, kindsCount: true },
      heldAgainst: { runs: ["step", "tensor parallel"] },
    },
    qwen3_5_text: {
      name: "Qwen 3 5 text",
      ...SHARED,
      forward: qwen3_5,
      tensorParallel: INNER_TYPE,
      config: { fields: FIELDS, kindsCount: true },
      heldAgainst: { as: "qwen3_5" },
    },
    qwen3_5_moe: {
      name: "Qwen 3 5 MoE",
      ...SHARED,
      forward: qwen3_5_moe,
      tensorParallel: IN_FOUR,
      config: { fields: { ...FIELDS, shared_expert_gate: true }, kindsCount: true },
      heldAgainst: { runs: ["step", "tensor parallel", "expert parallel"] },
    },
    qwen3_5_moe_text: {
      name: "Qwen 3 5 MoE text",
      ...SHARED,
      forward: qwen3_5_moe,
      tensorParallel: INNER_TYPE,
      config: { fields: { ...FIELDS, shared_expert_gate: true }, kindsCount: true },
      heldAgainst: { as: "qwen3_5_moe" },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
