// GLM and GLM-4 (0414), dense: half of each head rotated, gate and up from one projection.

import { decoderModel, partOfHead, preNormLayer, sandwichLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { fusedGatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotaryGlm } from "#calc/modules/rotary.ts";
import type { Layout, Family, TensorPlan } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  uniformLayers,
  linears,
  rmsNormTensors,
  selfAttentionTensors,
  widths,
  targets,
} from "#calc/families/parts/tensors.ts";

/** GLM: half of each head rotated, gate and up from one projection. */
const glmForward: Forward = {
  ...decoderModel({ norm: rmsNorm, rotaryWidth: partOfHead(0.5) }),
  layer: preNormLayer({ norm: rmsNorm, mlp: fusedGatedMlp, rotary: applyRotaryGlm }),
};

/** GLM-4 (0414): norms before and after each branch. @see transformers 5.24, modeling_glm4.py */
const glm4: Forward = {
  ...decoderModel({ norm: rmsNorm, rotaryWidth: partOfHead(0.5) }),
  layer: sandwichLayer({
    norm: rmsNorm,
    mlp: fusedGatedMlp,
    rotary: applyRotaryGlm,
    names: ["input_layernorm", "post_self_attn_layernorm", "post_attention_layernorm", "post_mlp_layernorm"],
  }),
};

const NORMS: readonly string[] = ["input_layernorm", "post_attention_layernorm"];
/** GLM-4-0414 has norms before and after each block. */
const NORMS_AROUND: readonly string[] = [...NORMS, "post_self_attn_layernorm", "post_mlp_layernorm"];

const layer = (a: Architecture): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    // `attention_bias` of these configs is the bias of q, k and v: the code gives o_proj none.
    ...selfAttentionTensors({ ...a, attention_out_bias: false }),
    ...linears("mlp", { gate_up_proj: [hidden, 2 * intermediate], down_proj: [intermediate, hidden] }),
    ...(a.model_type === "glm4" ? NORMS_AROUND : NORMS).map((name) => rmsNormTensors(name, hidden)),
  ];
};

/** GLM-4: separate q, k, v, but gate and up in one linear. @see transformers 5.24, modeling_glm.py, modeling_glm4.py */
const layout: Layout = (a) => causalLmLayout(a, { layers: uniformLayers(a, layer(a)) });

const GATHERED_MLP: TensorPlan = { cuts: ["heads"], gathers: ["mlp.gate_up_proj"], splits: ["mlp.down_proj"] };

/** GLM-4, dense. */
export const glm: Family = {
  model_types: {
    glm: {
      name: "GLM",
      forward: glmForward,
      tensorParallel: GATHERED_MLP,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: LLAMA_FIELDS, biasOfQkv: true },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
    glm4: {
      name: "GLM 4",
      forward: glm4,
      tensorParallel: GATHERED_MLP,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: { ...LLAMA_FIELDS, norms_per_layer: 4 }, biasOfQkv: true },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("o_proj", ["gate_up_proj", "down_proj"]),
  refused: NO_REFUSED,
};
