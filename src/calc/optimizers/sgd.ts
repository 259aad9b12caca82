// SGD, without and with momentum.

import { NOTHING } from "#calc/base/formula.ts";
import { elementwiseBytes } from "#calc/parameters/counts.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * Plain stochastic gradient descent: no states; the update is added in place.
 *
 * @see torch/optim/sgd.py, `_multi_tensor_sgd` (`torch._foreach_add_`; no weight decay).
 */
export const sgd: Optimizer = {
  states: () => NOTHING,
  temporaries: () => NOTHING,
};

/**
 * SGD with momentum: one buffer in the parameter's dtype.
 *
 * @see torch/optim/sgd.py, `momentum_buffer`.
 */
export const sgdMomentum: Optimizer = {
  states: (tensors) => elementwiseBytes(tensors, 1, (tensor) => tensor.stateBytes),
  temporaries: () => NOTHING,
};
