import { NOTHING } from "#calc/base/formula/amount.ts";
import { elementwise } from "#calc/parameters/elementwise.ts";
import type { Optimizer } from "./optimizer.ts";

/** First and second moment. */
export const MOMENTS = 2;

/**
 * AdamW of torch, one kernel for lists of tensors (for-each): `exp_avg` and `exp_avg_sq` in the parameter's dtype; during the step the square
 * root of every second moment is a new tensor: one more copy of all trained parameters.
 *
 * @see torch/optim/adam.py, `_init_group`, `_multi_tensor_adam` (`torch._foreach_sqrt`).
 */
export const adamwForeach: Optimizer = {
  states: (tensors) => elementwise(tensors, MOMENTS, (tensor) => tensor.stateBytes),
  statesEach: MOMENTS,
  temporaries: (tensors) => elementwise(tensors, 1, (tensor) => tensor.stateBytes),
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
