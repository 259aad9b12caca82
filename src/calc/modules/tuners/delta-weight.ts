import { baseLinear } from "#calc/modules/base-linear.ts";
import type { Adapter, LoadedLinear, Tuner } from "#calc/modules/loaded.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { linear as matmul } from "#calc/tape/ops/linear.ts";
import { to } from "#calc/tape/ops/to.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** Makes a matrix as large as the weight out of an adapter's tensors. */
type DeltaWeight = (adapter: Adapter, module: LoadedLinear) => Tensor;

/** `F.linear(input.to(delta_weight.dtype), delta_weight)` */
const deltaActivations = (x: Tensor, deltaWeight: () => Tensor): Tensor =>
  scoped(x.tape, () => {
    bind(x);
    const delta_weight = bind(scoped(x.tape, deltaWeight));
    const input = bind(to(x, delta_weight.dtype));
    return matmul(input, delta_weight, null);
  });

/**
 * The forward of LyCORIS' tuners: the result of the base, and of a product with a matrix as large as the weight, made anew in each forward.
 *
 * @see peft 0.21, tuners/loha/layer.py and tuners/lokr/layer.py, `forward`, `Linear._get_delta_activations`
 */
export const withDeltaWeight =
  (deltaWeight: DeltaWeight): Tuner["forward"] =>
  (module, adapter, x) => {
    let result = bind(baseLinear(module, x));
    const delta = deltaActivations(x, () => deltaWeight(adapter, module));
    result = rebind(result, add(result, delta));
    return to(result, x.dtype);
  };
