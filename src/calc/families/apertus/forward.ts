import type { Loaded } from "#calc/modules/loaded.ts";
import { tensorOf } from "#calc/modules/loaded.ts";
import { linear } from "#calc/modules/linear.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { subtract } from "#calc/tape/ops/difference.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { expm1, softplus } from "#calc/tape/ops/rare-unary.ts";
import { minimum, where } from "#calc/tape/ops/where.ts";
import { bind, call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";

/** `XIELUActivation._xielu_python`, op by op; beta and eps are buffers. */
const xielu = (layer: Loaded, x: Tensor): Tensor =>
  call(
    "act_fn",
    (input) => {
      const [beta, eps] = layer.buffers as readonly [Tensor, Tensor];
      const alpha_p = bind(softplus(tensorOf(layer, "mlp.act_fn.alpha_p")));
      const alpha_n = bind(add(beta, softplus(tensorOf(layer, "mlp.act_fn.alpha_n"))));
      const positive = compute({ name: "gt", shape: input.shape, dtype: "bool" }, input);
      const above = add(mul(mul(alpha_p, input), input), mul(beta, input));
      const below = add(mul(subtract(expm1(minimum(input, eps)), input), alpha_n), mul(beta, input));
      return where(positive, above, below);
    },
    x,
  );

/** Apertus: norms on queries and keys in the layout [b, heads, s, d], xIELU without a gate. @see transformers 5.24, modeling_apertus.py */
export const apertus: Forward = {
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
