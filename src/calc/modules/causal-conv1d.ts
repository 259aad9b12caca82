// Causal convolution of linear attention and Mamba, and the masking of padded hidden states.

import { conv1d } from "#calc/tape/ops/products.ts";
import { to, slice, view } from "#calc/tape/ops/views.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { type Loaded, tensorOf } from "./loaded-modules.ts";
import { scale } from "#calc/tape/ops/unary.ts";

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

/**
 * `apply_mask_to_padding_states`: hidden states times the batch's mask, so that no state carries padding on. The mask is saved as it is, and alive all through
 * the step.
 */
export const maskPadding = ({ options: { padding } }: Loaded, hidden_states: Tensor): Tensor =>
  padding === undefined ? hidden_states : scale(hidden_states);
