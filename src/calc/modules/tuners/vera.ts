// VeRA: trained vectors between two frozen random matrices that all linears share.

import { baseLinear } from "#calc/modules/linear.ts";
import { type Adapter, adapterTensorOf, type LoadedLinear, type Tuner } from "#calc/modules/loaded-modules.ts";
import { add, mul } from "#calc/tape/ops/arithmetic.ts";
import { dropout, clone } from "#calc/tape/ops/unary.ts";
import { linear as matmul } from "#calc/tape/ops/products.ts";
import { to, slice } from "#calc/tape/ops/views.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import { lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

const A = "vera_A";
const B = "vera_B";
const LAMBDA_B = "vera_lambda_b";
const LAMBDA_D = "vera_lambda_d";

/** `F.linear(x, weight)`: Python holds x until it returns, though autocast multiplies a copy. */
const product = (x: Tensor, weight: Tensor): Tensor => scoped(x.tape, () => matmul(bind(x), weight, null));

/** `lambda_b * F.linear(lambda_d * F.linear(dropout(x), sliced_A), sliced_B)` */
const adapted = (
  adapter: Adapter,
  { sliced_A, sliced_B }: Readonly<{ sliced_A: Tensor; sliced_B: Tensor }>,
  x: Tensor,
): Tensor => {
  const dropped = adapter.dropout === 0 ? x : call("vera_dropout", (input) => dropout(input, adapter.dropout), x);
  const low = mul(adapterTensorOf(adapter, LAMBDA_D), product(dropped, sliced_A));
  return mul(adapterTensorOf(adapter, LAMBDA_B), product(low, sliced_B));
};

/**
 * The forward of PEFT's module. On a 4-bit base it clones the result of the base. It slices A and B, which all linears share, to the size
 * of the matrix: views.
 */
const forward = (module: LoadedLinear, adapter: Adapter, x: Tensor): Tensor => {
  let result = bind(baseLinear(module, x));
  const resultType = result.dtype;
  if (module.dequantized !== null) result = rebind(result, clone(result));
  const [shared_A, shared_B] = [adapterTensorOf(adapter, A), adapterTensorOf(adapter, B)];
  const rank = shared_A.shape.dims[0] ?? 1;
  const sliced_A = bind(slice(shared_A, shapeOf(rank, lastDim(x.shape))));
  const sliced_B = bind(slice(shared_B, shapeOf(lastDim(result.shape), rank)));
  const input = bind(to(x, adapterTensorOf(adapter, LAMBDA_D).dtype));
  result = rebind(result, add(result, adapted(adapter, { sliced_A, sliced_B }, input)));
  result = rebind(result, to(result, resultType));
  return to(result, x.dtype);
};

/**
 * VeRA: two vectors beside each linear, between two frozen random matrices that all linears share. PEFT has it for linears only, and does
 * not divide it over ranks.
 *
 * @see peft 0.21, tuners/vera/layer.py, `Linear.forward`; tuners/vera/model.py, `_find_dim`, `_create_new_module`;
 * utils/quantization_utils.py
 */
export const vera: Tuner = {
  id: "vera",
  tensors: ({ kind, in_features, out_features }, { r }) =>
    kind === "linear"
      ? [
          { name: A, shape: [r, in_features], shared: "frozen" },
          { name: B, shape: [out_features, r], shared: "frozen" },
          { name: LAMBDA_B, shape: [out_features] },
          { name: LAMBDA_D, shape: [r] },
        ]
      : [],
  forward,
  divides: null,
  bases: ["bnb-4bit", "bnb-8bit"],
  inLibraries: false,
};
