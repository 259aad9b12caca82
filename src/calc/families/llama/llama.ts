import type { Family } from "#calc/families/family.ts";
import type { ModelType } from "#calc/families/model-type.ts";
import { forSdpa, forKernels } from "#calc/families/modellings/older-layer.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { llama as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Facts that these types share. */
const SHARED = {
  forward,
  tensorParallel: WHOLLY,
  contextParallel: true,
  ulysses: true,
  pipeline: true,
  approximation: EXACT,
} as const satisfies Partial<ModelType>;

/** Llama, and the types that differ from it only in the config. */
export const llama: Family = {
  model_types: {
    llama: {
      name: "Llama",
      ...SHARED,
      transformers4: { llamaLike: { repeats: forSdpa } },
      torchtune: true,
      unsloth: true,
      liger: true,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
    },
    mistral: {
      name: "Mistral",
      ...SHARED,
      transformers4: { llamaLike: { repeats: forKernels } },
      torchtune: true,
      unsloth: true,
      liger: true,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
    },
    mistral3: {
      name: "Mistral 3",
      ...SHARED,
      ...TRANSFORMERS_ALONE,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { as: "mistral" },
    },
    qwen2: {
      name: "Qwen 2",
      ...SHARED,
      transformers4: { llamaLike: { repeats: forKernels } },
      torchtune: true,
      unsloth: true,
      liger: true,
      config: { fields: { ...LLAMA_FIELDS, qkv_bias: true } },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
    },
    qwen3: {
      name: "Qwen 3",
      ...SHARED,
      ...TRANSFORMERS_ALONE,
      liger: true,
      config: { fields: { ...LLAMA_FIELDS, qk_norm: "head" } },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
    },
    internlm3: {
      name: "Internlm 3",
      ...SHARED,
      ...TRANSFORMERS_ALONE,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
