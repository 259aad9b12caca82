// Phi-1.5 and Phi-2: one LayerNorm before attention and MLP in parallel.

import { layerNorm } from "#calc/modules/norms.ts";
import { plainMlp } from "#calc/modules/mlp.ts";
import { applyRotaryInPlace } from "#calc/modules/rotary.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { bind, bindAll } from "#calc/tape/scope.ts";
import { decoderModel, partOfHead } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerContext, type ModuleOf, type Attend, selfAttention } from "#calc/families/parts/attention.ts";
import type { Layout, Family } from "./family.ts";
import { GPT_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  uniformLayers,
  linears,
  layerNormTensors,
  selfAttentionTensors,
  widths,
  targets,
} from "#calc/families/parts/tensors.ts";

/** Attention and MLP side by side on one norm. */
export const oneNormLayer =
  (name: string, attend: Attend, mlp: ModuleOf): Forward["layer"] =>
  (layer, context, residual) => {
    const hidden_states = bind(layerNorm(layer, name, residual));
    const [attn_outputs] = bindAll(attend(layer, layerContext(context), hidden_states));
    const feed_forward = bind(mlp(layer, "mlp", hidden_states));
    return add(add(attn_outputs, feed_forward), residual);
  };

/** Phi 1.5 and 2: half of each head rotated, or the fraction that the config says. @see transformers 5.24, modeling_phi.py */
const phiForward: Forward = {
  ...decoderModel({ norm: layerNorm, rotaryWidth: partOfHead(0.5), finalNorm: "final_layernorm" }),
  layer: oneNormLayer(
    "input_layernorm",
    selfAttention({ norm: layerNorm, rotary: applyRotaryInPlace, output: "dense" }),
    plainMlp("fc1", "fc2"),
  ),
};

/** Phi-1.5 and 2: one LayerNorm before attention and MLP side by side, biases everywhere. @see transformers 5.24, modeling_phi.py */
const layout: Layout = (architecture) => {
  const a = { attention_bias: true, lm_head_bias: true, ...architecture } as const;
  const { hidden, intermediate } = widths(a);
  return causalLmLayout(a, {
    layers: uniformLayers(a, [
      ...selfAttentionTensors(a, { output: "dense" }),
      ...linears("mlp", { fc1: [hidden, intermediate, true], fc2: [intermediate, hidden, true] }),
      layerNormTensors("input_layernorm", hidden),
    ]),
    final: [layerNormTensors("final_layernorm", hidden)],
  });
};

/** Phi-1.5 and 2. */
export const phi: Family = {
  model_types: {
    phi: {
      name: "Phi",
      forward: phiForward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: { ...GPT_FIELDS, norms_per_layer: 1, lm_head_bias: true } },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("dense", ["fc1", "fc2"]),
  refused: NO_REFUSED,
};
