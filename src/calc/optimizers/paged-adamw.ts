import { NOTHING } from "#calc/formula/amount.ts";
import { elementwise } from "#calc/trained/elementwise.ts";
import { adamw8bit } from "./adamw-8bit.ts";
import type { Optimizer } from "./optimizer.ts";

const MOMENTS = 2;
const FP32_BYTES = 4;

/**
 * Paged 8-bit AdamW: the bytes of the 8-bit one in CUDA managed memory, which the driver moves to the host when the card is full. Counted
 * here as on the card, where they are while there is room; `max_memory_allocated` does not see them.
 *
 * @see bitsandbytes/optim/optimizer.py, `get_state_buffer`; Dettmers et al. 2023, "QLoRA", section 3 (paged optimizers).
 */
export const pagedAdamw8bit: Optimizer = adamw8bit;

/**
 * Paged 32-bit AdamW of bitsandbytes: two fp32 moments, whatever the parameter's dtype, in managed memory.
 *
 * @see bitsandbytes/optim/optimizer.py, `Optimizer2State.init_state` (`dtype = torch.float32`).
 */
export const pagedAdamw32bit: Optimizer = {
  states: (tensors) =>
    elementwise(tensors, MOMENTS, (tensor) => (tensor.isStateOverridden ? tensor.stateBytes : FP32_BYTES)),
  temporaries: () => NOTHING,
};
