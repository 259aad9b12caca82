import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { STATE_OF_TOKENS, NO_RING, NO_REFUSED } from "#calc/families/parts/facts/reasons.ts";
import { VOCABULARY_ALONE } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { WITHOUT_KERNELS } from "#calc/families/parts/facts/without-kernels.ts";
import { targets } from "#calc/families/parts/tensors/targets.ts";
import { configRule as rule } from "./config-rule.ts";
import { lfm2 as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** LFM2. */
export const lfm2: Family = {
  model_types: {
    lfm2: {
      name: "Lfm 2",
      forward,
      tensorParallel: VOCABULARY_ALONE,
      contextParallel: NO_RING,
      ulysses: STATE_OF_TOKENS,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: { ...LLAMA_FIELDS, qk_norm: "head", conv_L_cache: 3 }, tied: true, kindsCount: true, rule },
      heldAgainst: { runs: ["step", "tensor parallel"] },
      approximation: WITHOUT_KERNELS,
    },
  },
  layout,
  targets: targets("self_attn.out_proj", ["w1", "w3", "w2"]),
  refused: NO_REFUSED,
};
