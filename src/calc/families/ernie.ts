// ERNIE 4.5, dense: interleaved rotary embedding in fp32.

import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotaryErnie } from "#calc/modules/rotary.ts";
import type { Layout, Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { llamaShape } from "./llama.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

/** ERNIE 4.5: interleaved rotary embedding in fp32. */
const ernie4_5: Forward = {
  ...decoderModel({ norm: rmsNorm, tables: "fp32" }),
  layer: preNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary: applyRotaryErnie }),
};

/** Llama's modules. @see transformers 5.24, modeling_ernie4_5.py */
const layout: Layout = llamaShape();

/** ERNIE 4.5, dense. */
export const ernie: Family = {
  model_types: {
    ernie4_5: {
      name: "Ernie 4 5",
      forward: ernie4_5,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: LLAMA_FIELDS, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
