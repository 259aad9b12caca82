import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { type Loaded, tensorOf } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotaryHelium } from "#calc/modules/rotary-kinds.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { mean } from "#calc/tape/ops/reduce.ts";
import { to } from "#calc/tape/ops/to.ts";
import { addNumber, rsqrt, square } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

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

/** Helium: norms in fp32, interleaved rotation. @see transformers 5.24, modeling_helium.py */
export const helium: Forward = {
  ...decoderModel({ norm: heliumNorm }),
  layer: preNormLayer({ norm: heliumNorm, mlp: gatedMlp, rotary: applyRotaryHelium }),
};
