// AdamW of torch, for-each and fused, and of NVIDIA's apex.

import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { NOTHING } from "#calc/base/formula.ts";
import { elementwiseBytes } from "#calc/parameters/counts.ts";
import { type Optimizer, MOMENTS } from "./optimizer.ts";

/**
 * AdamW of torch, one kernel for lists of tensors (for-each): `exp_avg` and `exp_avg_sq` in the parameter's dtype; during the step the square
 * root of every second moment is a new tensor: one more copy of all trained parameters.
 *
 * @see torch/optim/adam.py, `_init_group`, `_multi_tensor_adam` (`torch._foreach_sqrt`).
 */
export const adamwForeach: Optimizer = {
  states: (tensors) => elementwiseBytes(tensors, MOMENTS, (tensor) => tensor.stateBytes),
  statesEach: MOMENTS,
  temporaries: (tensors) => elementwiseBytes(tensors, 1, (tensor) => tensor.stateBytes),
};

/**
 * AdamW of torch, fused: the same two moments, the step in one kernel without temporaries.
 *
 * @see torch/optim/adam.py, `_fused_adam`; aten/src/ATen/native/cuda/FusedAdamKernel.cu.
 */
export const adamwFused: Optimizer = {
  states: adamwForeach.states,
  statesEach: MOMENTS,
  temporaries: () => NOTHING,
};

/**
 * AdamW of NVIDIA's apex: two fp32 moments whatever the parameter's dtype, the step in one kernel. (fp32 copies of parameters, `master_weights`, are what a
 * scenario says of them.)
 *
 * @see apex/optimizers/fused_adam.py, `FusedAdam.step` (`torch.zeros_like(p.data).float()`).
 */
export const adamwApex: Optimizer = {
  states: (tensors) =>
    elementwiseBytes(tensors, MOMENTS, (tensor) => (tensor.isStateOverridden ? tensor.stateBytes : ELEMENT_BYTES.fp32)),
  statesEach: MOMENTS,
  temporaries: () => NOTHING,
};
