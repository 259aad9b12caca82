// Mixtral in transformers 5: fused experts in every layer.

import { qwenMoeForward } from "./qwen-moe.ts";
import { preNormLayer } from "#calc/families/parts/decoder.ts";
import { sparseBlock, fusedExperts, OLD_NAMES, router } from "#calc/families/parts/experts.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { topKRouter } from "#calc/modules/router.ts";
import type { Layout, Family } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { repeatsForKernels } from "./transformers4-layers.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { olderExperts } from "#calc/modules/experts.ts";
import {
  causalLmLayout,
  uniformLayers,
  rmsNormTensors,
  selfAttentionTensors,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

/** Mixtral: the weights of the chosen experts are normalised in fp32. @see transformers 5.24, modeling_mixtral.py */
const mixtralForward: Forward = {
  ...qwenMoeForward,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: sparseBlock(topKRouter({ normalized: true, castBack: false })),
    rotary: applyRotary,
  }),
};

const layer = (a: Architecture): readonly Module[] => [
  ...selfAttentionTensors(a),
  router(a, "mlp.gate"),
  fusedExperts(a, "mlp.experts", { peft: OLD_NAMES.mixtral, linears: OLD_NAMES.mixtral }),
  rmsNormTensors("input_layernorm", a.hidden_size),
  rmsNormTensors("post_attention_layernorm", a.hidden_size),
];

/** Mixtral: Llama's attention, experts instead of an MLP in every layer. @see transformers 5.24, modeling_mixtral.py */
const layout: Layout = (a) => causalLmLayout(a, { layers: uniformLayers(a, layer(a)) });

/** Mixtral. */
export const mixtral: Family = {
  model_types: {
    mixtral: {
      name: "Mixtral",
      forward: mixtralForward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      transformers4: { llamaLike: { repeats: repeatsForKernels, mlp: olderExperts } },
      config: { fields: LLAMA_FIELDS, expertsAreIntermediate: true },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses", "expert parallel"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
