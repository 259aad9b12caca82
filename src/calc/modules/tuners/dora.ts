// DoRA: LoRA with a magnitude for each row of the weight.

import { dequantize } from "#calc/modules/linear.ts";
import { type Adapter, adapterTensorOf, type LoadedLinear, type Tuner } from "#calc/modules/loaded-modules.ts";
import { add, mul, divide, subtract } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { dropout, addNumber, scale } from "#calc/tape/ops/unary.ts";
import { linear as matmul } from "#calc/tape/ops/products.ts";
import { to, view } from "#calc/tape/ops/views.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { loraLinear, type LoraVariant, dividesLowRank, lowRankOf, lowRankTensors } from "./lora.ts";

const MAGNITUDE = "lora_magnitude_vector.weight";

const throughAB = (adapter: Adapter, x: Tensor): Tensor => {
  const { A, B } = lowRankOf(adapter);
  const low = call("lora_A", (input) => matmul(input, A, null), x);
  return call("lora_B", (input) => matmul(input, B, null), low);
};

/** `get_lora_weight`: B(A(identity)), a matrix as large as the weight, through an identity as wide as the input. */
const loraWeight = (adapter: Adapter): Tensor => {
  const { A, B } = lowRankOf(adapter);
  return scoped(A.tape, () => {
    const width = A.shape.dims[1] ?? 1;
    const identity = bind(withoutGraph({ name: "eye", shape: shapeOf(width, width), dtype: A.dtype }, A));
    return view(throughAB(adapter, identity), shapeOf(B.shape.dims[0] ?? 1, width));
  });
};

/** `get_weight_norm`: of weight + scaling * lora_weight, row by row, without a gradient. */
const weightNorm = (weight: Tensor, lora_weight: Tensor): Tensor =>
  scoped(weight.tape, () => {
    const { shape, dtype } = weight;
    const scaled = withoutGraph({ name: "mul", shape, dtype: lora_weight.dtype }, lora_weight);
    const sum = bind(withoutGraph({ name: "add", shape, dtype }, scaled));
    return withoutGraph({ name: "norm", shape: shapeOf(shape.dims[0] ?? 1), dtype }, sum);
  });

/** `dequantize_module_weight`: the weight itself, or the dequantised 4-bit one. */
const weightOf = ({ weight, dequantized }: LoadedLinear): Tensor => {
  if (dequantized === null) return weight;
  return dequantize(weight.tape, dequantized, "dequantize");
};

const doraLayer = (
  module: LoadedLinear,
  adapter: Adapter,
  { x, baseResult }: Readonly<{ x: Tensor; baseResult: Tensor | null }>,
): Tensor => {
  const magnitude = adapterTensorOf(adapter, MAGNITUDE);
  let lora_weight = bind(loraWeight(adapter));
  lora_weight = rebind(lora_weight, to(lora_weight, x.dtype));
  let weight = bind(weightOf(module));
  weight = rebind(weight, to(weight, x.dtype));
  const weight_norm = bind(weightNorm(weight, lora_weight));
  const norms = divide(magnitude, weight_norm);
  const mag_norm_scale = bind(view(norms, shapeOf(1, magnitude.shape.factor)));
  const lora_result = bind(throughAB(adapter, x));
  let base_result = bind(baseResult ?? matmul(x, weight, null));
  if (baseResult !== null && module.bias !== null)
    base_result = rebind(base_result, subtract(base_result, module.bias));
  return add(mul(addNumber(mag_norm_scale), base_result), scale(mul(mag_norm_scale, lora_result)));
};

/** The result plus DoRA's difference. With dropout the base is computed again, on the dropped-out input. */
const withDifference: LoraVariant["onPlainBase"] = (module, adapter, [x, result]) =>
  scoped(x.tape, () => {
    const dropped =
      adapter.dropout === 0 ? x : bind(call("lora_dropout", (input) => dropout(input, adapter.dropout), x));
    const baseResult = adapter.dropout === 0 ? result : null;
    const difference = call(
      "lora_magnitude_vector",
      (input) => doraLayer(module, adapter, { x: input, baseResult }),
      dropped,
    );
    return add(result, difference);
  });

/**
 * DoRA: LoRA with a magnitude for each row of the weight. PEFT does not have it for fused experts (`ParamWrapper`).
 *
 * @see peft/tuners/lora/variants.py, `DoraLinearVariant.forward`; peft/tuners/lora/dora.py, `DoraLinearLayer.forward`
 */
export const dora: Tuner = {
  id: "dora",
  tensors: (matrix, { r }) => [
    ...lowRankTensors(matrix, r),
    ...(matrix.kind === "experts" ? [] : [{ name: MAGNITUDE, shape: [matrix.out_features] }]),
  ],
  forward: loraLinear({
    onPlainBase: withDifference,
    onFourBitBase: (module, adapter, [x, before]) => {
      const { dtype } = before;
      const result = rebind(before, withDifference(module, adapter, [x, before]));
      return x.tape.autocast.element === null ? to(result, dtype) : result;
    },
  }),
  divides: dividesLowRank,
  bases: ["bnb-4bit", "bnb-8bit", "gptq", "flat"],
  inLibraries: true,
};
