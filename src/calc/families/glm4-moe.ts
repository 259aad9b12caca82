// GLM-4.5: half of each head rotated, dense layers first, then experts.

import { layout } from "./deepseek.ts";
import type { Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WITH_SHARED_EXPERT, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";
import { correctedBlock, denseOrSparse, correctionBias } from "./parts/experts.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotaryNeoX } from "#calc/modules/rotary.ts";
import { decoderModel, partOfHead, preNormLayer } from "./parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";

/** GLM-4.5: half of each head rotated. @see transformers 5.24, modeling_glm4_moe.py */
const forward: Forward = {
  ...decoderModel({ norm: rmsNorm, rotaryWidth: partOfHead(0.5) }),
  layerBuffers: correctionBias,
  layer: preNormLayer({ norm: rmsNorm, mlp: denseOrSparse(correctedBlock), rotary: applyRotaryNeoX }),
};

/** GLM-4.5. */
export const glm4Moe: Family = {
  model_types: {
    glm4_moe: {
      name: "Glm 4 MoE",
      forward,
      tensorParallel: WITH_SHARED_EXPERT,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: {
        fields: { ...LLAMA_FIELDS, router_correction_bias: true },
        biasOfQkv: true,
        qkNorm: { flag: "use_qk_norm", norm: "head" },
      },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses", "expert parallel"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
