// OLMo 1: norms without parameters.

import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { bareLayerNorm } from "#calc/modules/norms.ts";
import { applyRotaryCastBack } from "#calc/modules/rotary.ts";
import type { Layout, Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { llamaShape } from "./llama.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

/** OLMo: norms without parameters, `OlmoLayerNorm`. */
const olmoForward: Forward = {
  ...decoderModel({ norm: bareLayerNorm, tables: "fp32" }),
  layer: preNormLayer({ norm: bareLayerNorm, mlp: gatedMlp, rotary: applyRotaryCastBack }),
};

/** Llama's modules, norms without parameters. @see transformers 5.24, modeling_olmo.py */
const layout: Layout = llamaShape({ norm_type: "none" });

/** OLMo, the first. */
export const olmo: Family = {
  model_types: {
    olmo: {
      name: "OLMo",
      forward: olmoForward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: { ...LLAMA_FIELDS, norm_type: "none" } },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
