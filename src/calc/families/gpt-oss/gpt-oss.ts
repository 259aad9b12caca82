import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NOT_HELD_BY_ULYSSES, NO_RING, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { VOCABULARY_ALONE } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { gptOss as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** gpt-oss. */
export const gptOss: Family = {
  model_types: {
    gpt_oss: {
      name: "gpt-oss",
      forward,
      withoutSdpa: "SDPA has no sinks.",
      tensorParallel: VOCABULARY_ALONE,
      contextParallel: NO_RING,
      ulysses: NOT_HELD_BY_ULYSSES,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: {
          ...LLAMA_FIELDS,
          attention_bias: true,
          qkv_bias: true,
          attention_out_bias: true,
          attention_sinks: true,
          router_bias: true,
          expert_bias: true,
        },
        expertsAreIntermediate: true,
      },
      heldAgainst: { runs: ["step", "tensor parallel", "expert parallel"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
