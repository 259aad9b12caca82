// HunYuan V1, dense: norms on queries and keys after rotation.

import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import type { Layout, Family } from "./family.ts";
import {
  LLAMA_FIELDS,
  NO_PLAN,
  NOT_HELD_BY_ULYSSES,
  NO_REFUSED,
  EXACT,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import { llamaLayer } from "./llama.ts";
import {
  causalLmLayout,
  gatedMlpTensors,
  uniformLayers,
  rmsNormTensors,
  widths,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

/** HunYuan V1, dense: norms on queries and keys, after the rotary embedding. @see transformers 5.24, modeling_hunyuan_v1_dense.py */
const hunyuanForward: Forward = {
  ...decoderModel({ norm: rmsNorm }),
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: gatedMlp,
    rotary: applyRotary,
    rotated: (layer, of, states) => rmsNorm(layer, `self_attn.${of}_layernorm`, states),
  }),
};

/**
 * HunYuan V1, dense: Llama with norms on queries and keys, which come after rotation.
 * @see transformers 5.24, modeling_hunyuan_v1_dense.py
 */
const layout: Layout = (a) => {
  const { hidden, intermediate } = widths(a);
  return causalLmLayout(a, {
    layers: uniformLayers(a, [
      ...llamaLayer(a, gatedMlpTensors("mlp", [hidden, intermediate])),
      rmsNormTensors("self_attn.query_layernorm", a.head_dim),
      rmsNormTensors("self_attn.key_layernorm", a.head_dim),
    ]),
  });
};

/** HunYuan V1, dense. */
export const hunyuan: Family = {
  model_types: {
    hunyuan_v1_dense: {
      name: "HunYuan V1",
      forward: hunyuanForward,
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: NOT_HELD_BY_ULYSSES,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
