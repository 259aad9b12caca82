import type { Family } from "#calc/families/family.ts";
import { forSdpa } from "#calc/families/modellings/older-layer.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { granite as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Granite, dense. */
export const granite: Family = {
  model_types: {
    granite: {
      name: "Granite",
      forward,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      liger: true,
      transformers4: { llamaLike: { repeats: forSdpa, branch: scale } },
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
