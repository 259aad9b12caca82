// IA3: one vector that scales the output, or the input, of each linear.

import { baseLinear } from "#calc/modules/linear.ts";
import { type Adapter, adapterTensorOf, type LoadedLinear, type Tuner } from "#calc/modules/loaded-modules.ts";
import { mul } from "#calc/tape/ops/arithmetic.ts";
import { to, view } from "#calc/tape/ops/views.ts";
import { clone, scale } from "#calc/tape/ops/unary.ts";
import { bind, rebind } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

const L = "ia3_l";

/**
 * Paths of the second matrix of an MLP, whose input the vector multiplies; it multiplies the output of all others. PEFT has such a list by family.
 *
 * @see peft/utils/constants.py, `TRANSFORMERS_MODELS_TO_IA3_FEEDFORWARD_MODULES_MAPPING`
 */
const FEEDFORWARD = /(down_proj|mlp\.c_proj|fc2|fc_out|dense_4h_to_h)$/;

/** `1 * ia3_l.flatten()` */
const scalingOf = (adapter: Adapter): Tensor => {
  const l = adapterTensorOf(adapter, L);
  return bind(scale(view(l, shapeOf(l.shape.factor))));
};

/** `base_layer((x.to(dtype) * ia3_scaling).to(previous_dtype))` */
const ofInput = (module: LoadedLinear, adapter: Adapter, x: Tensor): Tensor => {
  const ia3_scaling = scalingOf(adapter);
  const input = bind(to(x, ia3_scaling.dtype));
  const interm = bind(to(mul(input, ia3_scaling), x.dtype));
  return baseLinear(module, interm);
};

/** `(base_layer(x) * ia3_scaling).to(result_dtype)` */
const ofOutput = (module: LoadedLinear, adapter: Adapter, x: Tensor): Tensor => {
  const ia3_scaling = scalingOf(adapter);
  const result = bind(baseLinear(module, x));
  const { dtype } = result;
  return rebind(result, to(mul(result, ia3_scaling), dtype));
};

/** The module around a 4-bit linear: without autocast it computes in fp32, and it clones the result. @see peft/tuners/ia3/bnb.py, `Linear4bit` */
const fourBitForward = (module: LoadedLinear, adapter: Adapter, x: Tensor): Tensor => {
  const ia3_scaling = scalingOf(adapter);
  const isConverted = x.tape.autocast.element === null && x.dtype !== "fp32";
  const input = isConverted ? bind(to(x, "fp32")) : x;
  const isOfInput = FEEDFORWARD.test(module.name);
  let result = bind(baseLinear(module, isOfInput ? mul(input, ia3_scaling) : input));
  const { dtype } = result;
  if (!isOfInput) result = rebind(result, mul(result, ia3_scaling));
  result = rebind(result, clone(result));
  return isConverted ? to(result, dtype) : result;
};

const plainForward = (module: LoadedLinear, adapter: Adapter, x: Tensor): Tensor =>
  (FEEDFORWARD.test(module.name) ? ofInput : ofOutput)(module, adapter, x);

/**
 * IA3: one vector beside each linear, which its output is multiplied with, or its input where it ends an MLP. It has no rank, no alpha and no dropout.
 *
 * @see peft 0.21, tuners/ia3/layer.py, `Linear.forward`; tuners/ia3/model.py, `_check_target_module_feedforward`; Liu et al. 2022, "(IA)³"
 */
export const ia3: Tuner = {
  id: "ia3",
  tensors: ({ kind, path, in_features, out_features }) => {
    if (kind !== "linear") return [];
    return [{ name: L, shape: FEEDFORWARD.test(path) ? [1, in_features] : [out_features, 1] }];
  },
  forward: (module, adapter, x) => (module.dequantized === null ? plainForward : fourBitForward)(module, adapter, x),
  divides: null,
  bases: ["bnb-4bit", "bnb-8bit"],
  inLibraries: false,
};
