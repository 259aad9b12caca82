import { NOTHING } from "#calc/base/formula/amount.ts";
import { elementwise } from "#calc/parameters/elementwise.ts";
import { MOMENTS } from "./adamw.ts";
import type { Optimizer } from "./optimizer.ts";

const FP32_BYTES = 4;

/**
 * AdamW of NVIDIA's apex: two fp32 moments whatever the parameter's dtype, the step in one kernel. (fp32 copies of parameters, `master_weights`, are what a
 * scenario says of them.)
 *
 * @see apex/optimizers/fused_adam.py, `FusedAdam.step` (`torch.zeros_like(p.data).float()`).
 */
export const adamwApex: Optimizer = {
  states: (tensors) =>
    elementwise(tensors, MOMENTS, (tensor) => (tensor.isStateOverridden ? tensor.stateBytes : FP32_BYTES)),
  statesEach: MOMENTS,
  temporaries: () => NOTHING,
};
