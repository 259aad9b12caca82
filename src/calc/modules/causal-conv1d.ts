import { conv1d } from "#calc/tape/ops/conv1d.ts";
import { to } from "#calc/tape/ops/to.ts";
import { slice, view } from "#calc/tape/ops/view.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Loaded } from "./loaded.ts";
import { tensorOf } from "./loaded.ts";

/**
 * `causal_conv1d_fn(x, conv.weight.squeeze(1), conv.bias, activation)` of [b, channels, s], without the package causal_conv1d: pads both
 * ends, then cuts the result to s positions.
 */
export const causalConv1d = (
  loaded: Loaded,
  name: string,
  { x, activation }: Readonly<{ x: Tensor; activation?: (x: Tensor) => Tensor }>,
): Tensor =>
  scoped(x.tape, () => {
    bind(x);
    const kernel = tensorOf(loaded, `${name}.weight`);
    const [channels = 1, , width = 1] = kernel.shape.dims;
    const weight = view(kernel, { ...kernel.shape, dims: [channels, width] });
    let out = bind(slice(conv1d(to(x, weight.dtype), weight, loaded.tensors.get(`${name}.bias`) ?? null), x.shape));
    if (activation !== undefined) out = rebind(out, activation(out));
    return to(out, x.dtype);
  });
