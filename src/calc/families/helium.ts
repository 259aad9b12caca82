// Helium: norms in fp32 and interleaved rotation.

import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { type Loaded, tensorOf } from "#calc/modules/loaded-modules.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotaryHelium } from "#calc/modules/rotary.ts";
import { mul } from "#calc/tape/ops/arithmetic.ts";
import { mean } from "#calc/tape/ops/reductions.ts";
import { to } from "#calc/tape/ops/views.ts";
import { addNumber, rsqrt, square } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Layout, Family } from "./family.ts";
import {
  LLAMA_FIELDS,
  NOT_HELD_BY_ULYSSES,
  NO_REFUSED,
  EXACT,
  WHOLE_PLAN,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import { llamaLayer } from "./llama.ts";
import { causalLmLayout, gatedMlpTensors, uniformLayers, widths, LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

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
const heliumForward: Forward = {
  ...decoderModel({ norm: heliumNorm }),
  layer: preNormLayer({ norm: heliumNorm, mlp: gatedMlp, rotary: applyRotaryHelium }),
};

/** Helium: Llama with norms in fp32 and interleaved rotation. @see transformers 5.24, modeling_helium.py */
const layout: Layout = (a) => {
  const { hidden, intermediate } = widths(a);
  const mlp = gatedMlpTensors("mlp", [hidden, intermediate]);
  return causalLmLayout(a, { layers: uniformLayers(a, llamaLayer({ ...a, attention_out_bias: false }, mlp)) });
};

/** Helium. */
export const helium: Family = {
  model_types: {
    helium: {
      name: "Helium",
      forward: heliumForward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: NOT_HELD_BY_ULYSSES,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
