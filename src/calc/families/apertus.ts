// Apertus: norms on queries and keys, and the xIELU activation.

import { type Loaded, tensorOf } from "#calc/modules/loaded-modules.ts";
import { linear } from "#calc/modules/linear.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { add, mul, subtract } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { expm1, softplus } from "#calc/tape/ops/unary.ts";
import { minimumWithNumber, where } from "#calc/tape/ops/selection.ts";
import { bind, call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Layout, Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  uniformLayers,
  linears,
  rmsNormTensors,
  parameters,
  selfAttentionTensors,
  widths,
  targets,
} from "#calc/families/parts/tensors.ts";

/** `XIELUActivation._xielu_python`, op by op; beta and eps are buffers. */
const xielu = (layer: Loaded, x: Tensor): Tensor =>
  call(
    "act_fn",
    (input) => {
      const [beta, eps] = layer.buffers as readonly [Tensor, Tensor];
      const alpha_p = bind(softplus(tensorOf(layer, "mlp.act_fn.alpha_p")));
      const alpha_n = bind(add(beta, softplus(tensorOf(layer, "mlp.act_fn.alpha_n"))));
      const positive = withoutGraph({ name: "gt", shape: input.shape, dtype: "bool" }, input);
      const above = add(mul(mul(alpha_p, input), input), mul(beta, input));
      const below = add(mul(subtract(expm1(minimumWithNumber(input, eps)), input), alpha_n), mul(beta, input));
      return where(positive, above, below);
    },
    x,
  );

/** Apertus: norms on queries and keys in the layout [b, heads, s, d], xIELU without a gate. @see transformers 5.24, modeling_apertus.py */
const apertusForward: Forward = {
  ...decoderModel({ norm: rmsNorm }),
  layerBuffers: ({ weights }) => [
    { elements: 1, dtype: weights },
    { elements: 1, dtype: weights },
  ],
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: (layer, name, x) =>
      call(
        name,
        (input) => linear(layer, `${name}.down_proj`, xielu(layer, linear(layer, `${name}.up_proj`, input))),
        x,
      ),
    rotary: applyRotary,
    normAt: "heads first",
    names: ["attention_layernorm", "feedforward_layernorm"],
  }),
};

/** Apertus: a plain MLP whose activation, xIELU, has two parameters of its own. @see transformers 5.24, modeling_apertus.py */
const layout: Layout = (architecture) => {
  const a = { qk_norm: "head", ...architecture } as const;
  const { hidden, intermediate } = widths(a);
  return causalLmLayout(a, {
    layers: uniformLayers(a, [
      ...selfAttentionTensors(a),
      ...linears("mlp", { up_proj: [hidden, intermediate], down_proj: [intermediate, hidden] }),
      parameters("mlp.act_fn", { alpha_p: [1], alpha_n: [1] }),
      rmsNormTensors("attention_layernorm", hidden),
      rmsNormTensors("feedforward_layernorm", hidden),
    ]),
  });
};

/** Apertus. */
export const apertus: Family = {
  model_types: {
    apertus: {
      name: "Apertus",
      forward: apertusForward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: { ...LLAMA_FIELDS, hidden_act: "xielu", mlp_type: "plain", qk_norm: "head" } },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("o_proj", ["up_proj", "down_proj"]),
  refused: NO_REFUSED,
};
