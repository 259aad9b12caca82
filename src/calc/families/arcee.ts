// Arcee's AFM: Llama with a plain MLP.

import { llamaForward, llamaShape } from "./llama.ts";
import { preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { plainMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import type { Layout, Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

/** Arcee: `ArceeMLP`, without a gate. */
const arceeForward: Forward = {
  ...llamaForward,
  layer: preNormLayer({ norm: rmsNorm, mlp: plainMlp("up_proj", "down_proj"), rotary: applyRotary }),
};

/** LlamaMLP without the gate. @see transformers 5.24, modeling_arcee.py */
const layout: Layout = llamaShape({ mlp_type: "plain" });

/** Arcee's AFM: Llama with a plain MLP. */
export const arcee: Family = {
  model_types: {
    arcee: {
      name: "Arcee",
      forward: arceeForward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: { ...LLAMA_FIELDS, hidden_act: "relu2", mlp_type: "plain" } },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
