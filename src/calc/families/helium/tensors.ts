import type { Family } from "#calc/families/family.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { tensorOf } from "#calc/modules/loaded.ts";
import { gatedMlp as forwardMlp } from "#calc/modules/mlp.ts";
import { applyRotaryHelium } from "#calc/modules/rotary-kinds.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { mean } from "#calc/tape/ops/reduce.ts";
import { to } from "#calc/tape/ops/to.ts";
import { addNumber, rsqrt, square } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel } from "#calc/families/shared/forward/decoder-model.ts";
import { preNormLayer } from "#calc/families/shared/forward/pre-norm-layer.ts";
import { llamaLayer } from "#calc/families/llama/tensors.ts";
import { causalLm } from "#calc/families/shared/tensors/causal-lm.ts";
import { gatedMlp } from "#calc/families/shared/tensors/gated-mlp.ts";
import { uniformLayers } from "#calc/families/shared/tensors/layers.ts";
import { LLAMA_TARGETS } from "#calc/families/shared/tensors/targets.ts";
import { widths } from "#calc/families/shared/tensors/widths.ts";

/** `HeliumRMSNorm`: the weight is multiplied in fp32. */
const heliumNorm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(
    name,
    (input) => {
      let hidden_states = bind(to(input, "fp32"));
      const variance = bind(mean(square(hidden_states)));
      hidden_states = rebind(hidden_states, mul(hidden_states, rsqrt(addNumber(variance))));
      return to(mul(to(tensorOf(loaded, `${name}.weight`), "fp32"), hidden_states), input.dtype);
    },
    x,
  );

/** Helium: Llama with norms in fp32 and interleaved rotation. @see transformers 5.24, modeling_helium.py */
export const helium: Family = {
  model_types: ["helium"],
  layout: (a) => {
    const { hidden, intermediate } = widths(a);
    const mlp = gatedMlp("mlp", [hidden, intermediate]);
    return causalLm(a, { layers: uniformLayers(a, llamaLayer({ ...a, attention_out_bias: false }, mlp)) });
  },
  forward: {
    ...decoderModel({ norm: heliumNorm }),
    layer: preNormLayer({ norm: heliumNorm, mlp: forwardMlp, rotary: applyRotaryHelium }),
  },
  targets: LLAMA_TARGETS,
};
