// Phi-3.5-MoE: LayerNorm, biases, and a router that samples experts.

import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import { sparseBlock, fusedExperts, OLD_NAMES } from "#calc/families/parts/experts.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { sparseMixerRouter } from "#calc/modules/router.ts";
import type { Layout, Family } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, EXPERTS_ONLY, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  uniformLayers,
  linearTensors,
  layerNormTensors,
  selfAttentionTensors,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

/** Phi-3.5-MoE: LayerNorm, and a router that samples experts (SparseMixer). @see transformers 5.24, modeling_phimoe.py */
const phimoeForward: Forward = {
  ...decoderModel({ norm: layerNorm }),
  layer: preNormLayer({ norm: layerNorm, mlp: sparseBlock(sparseMixerRouter, "router"), rotary: applyRotary }),
};

const layer = (a: Architecture): readonly Module[] => [
  ...selfAttentionTensors(a),
  { ...linearTensors("mlp.router", [a.hidden_size, a.num_experts ?? 0]), inherits: true },
  fusedExperts(a, "mlp.experts", { linears: { ...OLD_NAMES.mixtral, router: null } }),
  layerNormTensors("input_layernorm", a.hidden_size),
  layerNormTensors("post_attention_layernorm", a.hidden_size),
];

/** Phi-3.5-MoE: biases in attention and head, LayerNorm; the router is a linear of its own. @see transformers 5.24, modeling_phimoe.py */
const layout: Layout = (architecture) => {
  const a = { norm_type: "layernorm", ...architecture } as const;
  return causalLmLayout(a, { layers: uniformLayers(a, layer(a)) });
};

/** Phi-3.5-MoE. */
export const phimoe: Family = {
  model_types: {
    phimoe: {
      name: "Phimoe",
      forward: phimoeForward,
      tensorParallel: EXPERTS_ONLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: {
        fields: {
          ...LLAMA_FIELDS,
          norm_type: "layernorm",
          attention_bias: true,
          qkv_bias: true,
          attention_out_bias: true,
          lm_head_bias: true,
        },
        expertsAreIntermediate: true,
      },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses", "expert parallel"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
