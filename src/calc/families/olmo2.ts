// OLMo 2 and 3: norms after each branch and on queries and keys, windows in OLMo 3.

import { windowsWithTables, everyFourth } from "#calc/families/parts/windows.ts";
import { decoderModel, postNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { olmo2Norm } from "#calc/modules/norms.ts";
import { applyRotaryCastBack } from "#calc/modules/rotary.ts";
import type { Layout, Family, ModelType } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, GATHERED_ATTENTION, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  gatedMlpTensors,
  uniformLayers,
  rmsNormTensors,
  selfAttentionTensors,
  widths,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

/** OLMo 2: post-norms, norms over whole queries and keys. @see transformers 5.24, modeling_olmo2.py */
const olmo2Forward: Forward = {
  ...decoderModel({ norm: olmo2Norm, tables: "fp32" }),
  layer: postNormLayer({ norm: olmo2Norm, mlp: gatedMlp, rotary: applyRotaryCastBack, normAt: "projection" }),
};

/** OLMo 3: three layers in four attend to a window. @see transformers 5.24, modeling_olmo3.py */
const olmo3: Forward = {
  ...olmo2Forward,
  ...windowsWithTables((a, index) => a.layer_types?.[index] ?? everyFourth(a, index), { tables: "fp32" }),
};

/**
 * OLMo 2 and 3, EXAONE 4: norms after attention and MLP instead of before, and on queries and keys (OLMo: over the whole projection;
 * EXAONE: over a head). @see transformers 5.24, modeling_olmo2.py, modeling_olmo3.py, modeling_exaone4.py
 */
export const postNormLayout =
  (qk_norm: "head" | "full"): Layout =>
  (architecture) => {
    const a = { qk_norm, ...architecture };
    const { hidden, intermediate } = widths(a);
    return causalLmLayout(a, {
      layers: uniformLayers(a, [
        ...selfAttentionTensors(a),
        ...gatedMlpTensors("mlp", [hidden, intermediate]),
        rmsNormTensors("post_attention_layernorm", hidden),
        rmsNormTensors("post_feedforward_layernorm", hidden),
      ]),
    });
  };

/** OLMo 2 and 3. */
const layout: Layout = postNormLayout("full");

/** Facts that both types share. */
const SHARED = {
  tensorParallel: GATHERED_ATTENTION,
  contextParallel: true,
  ulysses: true,
  pipeline: true,
  ...TRANSFORMERS_ONLY,
  config: { fields: { ...LLAMA_FIELDS, qk_norm: "full" } },
  heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
  approximation: EXACT,
} as const satisfies Partial<ModelType>;

/** OLMo 2 and 3. */
export const olmo2: Family = {
  model_types: {
    olmo2: {
      name: "OLMo 2",
      forward: olmo2Forward,
      ...SHARED,
    },
    olmo3: {
      name: "OLMo 3",
      forward: olmo3,
      ...SHARED,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
