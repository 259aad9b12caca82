// StarCoder2: Llama's attention with biases, LayerNorm, and a plain MLP.

import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { plainMlp } from "#calc/modules/mlp.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
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

/** StarCoder 2: layer norms and biases, no gate. */
const starcoder2Forward: Forward = {
  ...decoderModel({ norm: layerNorm }),
  layer: preNormLayer({ norm: layerNorm, mlp: plainMlp("c_fc", "c_proj"), rotary: applyRotary }),
};

/** StarCoder2: Llama's attention with biases, LayerNorm, and GPT-2's names for a plain MLP. @see transformers 5.24, modeling_starcoder2.py */
const layout: Layout = (architecture) => {
  const a = { attention_bias: true, norm_type: "layernorm", ...architecture } as const;
  const { hidden, intermediate } = widths(a);
  return causalLmLayout(a, {
    layers: uniformLayers(a, [
      ...selfAttentionTensors(a),
      ...linears("mlp", {
        c_fc: [hidden, intermediate, a.mlp_bias ?? true],
        c_proj: [intermediate, hidden, a.mlp_bias ?? true],
      }),
      layerNormTensors("input_layernorm", hidden),
      layerNormTensors("post_attention_layernorm", hidden),
    ]),
  });
};

/** StarCoder2. */
export const starcoder2: Family = {
  model_types: {
    starcoder2: {
      name: "Starcoder 2",
      forward: starcoder2Forward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: { ...GPT_FIELDS, hidden_act: "gelu_pytorch_tanh" }, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("o_proj", ["c_fc", "c_proj"]),
  refused: NO_REFUSED,
};
