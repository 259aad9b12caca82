// Optimizers that update in backward: LOMO, AdaLomo, and any other one run tensor by tensor.

import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { NOTHING } from "#calc/base/formula.ts";
import { factoredStates } from "./adafactor.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * An optimizer whose step is taken tensor by tensor while backward runs.
 *
 * @see torchtune/training/memory.py, `register_optim_in_bwd_hooks` (`register_post_accumulate_grad_hook`, `zero_grad` after each step)
 */
export const inBackward = ({ states }: Optimizer, updatesInBackward = 0): Optimizer => ({
  states,
  temporaries: () => NOTHING,
  updatesInBackward,
});

/** fp32 copies that LOMO makes of a gradient and its parameter. */
const LOMO_COPIES = 2;
/** And AdaLomo's update beside them. */
const ADALOMO_COPIES = 3;

/**
 * LOMO: plain SGD fused into backward, no states.
 *
 * @see Lv et al. 2023, "Full Parameter Fine-tuning for Large Language Models with Limited Resources"; lomo_optim 0.1.1, lomo.py, `fuse_update`
 */
export const lomo: Optimizer = inBackward({ states: () => NOTHING, temporaries: () => NOTHING }, LOMO_COPIES);

/**
 * AdaLomo: row and column means of squared gradients in fp32, whole for a vector.
 *
 * @see Lv et al. 2023, "AdaLomo: Low-memory Optimization with Adaptive Learning Rate"; lomo_optim 0.1.1, adalomo.py
 */
export const adalomo: Optimizer = inBackward(
  { states: (tensors) => factoredStates(tensors, () => ELEMENT_BYTES.fp32), temporaries: () => NOTHING },
  ADALOMO_COPIES,
);
