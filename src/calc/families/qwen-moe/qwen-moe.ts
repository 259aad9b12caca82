import type { Family } from "#calc/families/family.ts";
import type { ModelType } from "#calc/families/model-type.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY, GATHERED_ATTENTION } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { qwenMoe as forward, olmoe, qwen2Moe } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Facts that these types share. */
const SHARED = {
  contextParallel: true,
  ulysses: true,
  pipeline: true,
  ...TRANSFORMERS_ALONE,
  heldAgainst: { runs: ["step", "tensor parallel", "Ulysses", "expert parallel"] },
  approximation: EXACT,
} as const satisfies Partial<ModelType>;

/** Qwen1.5-MoE, Qwen2-MoE, Qwen3-MoE and OLMoE. */
export const qwenMoe: Family = {
  model_types: {
    qwen2_moe: {
      name: "Qwen 2 MoE",
      ...SHARED,
      forward: qwen2Moe,
      tensorParallel: WHOLLY,
      config: { fields: { ...LLAMA_FIELDS, qkv_bias: true, shared_expert_gate: true } },
    },
    qwen3_moe: {
      name: "Qwen 3 MoE",
      ...SHARED,
      forward,
      tensorParallel: WHOLLY,
      config: { fields: { ...LLAMA_FIELDS, qk_norm: "head" } },
    },
    olmoe: {
      name: "Olmoe",
      ...SHARED,
      forward: olmoe,
      tensorParallel: GATHERED_ATTENTION,
      config: { fields: { ...LLAMA_FIELDS, qk_norm: "full" }, expertsAreIntermediate: true },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
