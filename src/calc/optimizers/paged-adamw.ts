import { allocated } from "#calc/base/allocation.ts";
import { type Amount, NOTHING, plus } from "#calc/base/formula/amount.ts";
import { constant } from "#calc/base/formula/inputs.ts";
import { amountOf, type Tally, tallyUp } from "#calc/base/formula/tally.ts";
import { elementwise } from "#calc/parameters/elementwise.ts";
import type { TrainedTensor } from "#calc/parameters/trained-tensor.ts";
import { adamw8bit, BLOCK_ELEMENTS } from "./adamw-8bit.ts";
import type { Optimizer } from "./optimizer.ts";

const MOMENTS = 2;
const FP32_BYTES = 4;
/** States of smaller tensors are ordinary ones. @see bitsandbytes/optim/optimizer.py, `get_state_buffer` */
const PAGED_ELEMENTS = 1e5;

const isPaged = ({ elements }: TrainedTensor): boolean => elements >= PAGED_ELEMENTS;

const unpaged =
  (states: Optimizer["states"]): Optimizer["states"] =>
  (tensors) =>
    states(tensors.filter((tensor) => !isPaged(tensor)));

/** Block scales of paged 8-bit states, which are ordinary tensors: 2 × 4⌈n/256⌉. */
const scales = (tensors: readonly TrainedTensor[]): Amount => {
  const tally: Tally = [];
  for (const tensor of tensors) {
    if (!isPaged(tensor) || tensor.isStateOverridden) continue;
    const { elements, count } = tensor;
    const each = allocated(Math.ceil(elements / BLOCK_ELEMENTS) * FP32_BYTES);
    tallyUp(
      tally,
      {
        name: "parameters with paged states",
        factors: [constant("bytes of a block's scale, each", FP32_BYTES / BLOCK_ELEMENTS), constant("states", MOMENTS)],
      },
      { elements: elements * count, bytes: MOMENTS * count * each },
    );
  }
  return amountOf(tally);
};

/**
 * Paged 8-bit AdamW: moments in CUDA managed memory, which is none of PyTorch's and which the driver moves to the host when the card is full, so that it
 * need not fit; counted here is what cannot go there: scales, and the states of tensors under 100,000 elements.
 *
 * @see bitsandbytes/optim/optimizer.py, `get_state_buffer`; Dettmers et al. 2023, "QLoRA", section 3 (paged optimizers).
 */
export const pagedAdamw8bit: Optimizer = {
  states: (tensors) => plus(unpaged(adamw8bit.states)(tensors), scales(tensors)),
  temporaries: () => NOTHING,
};

/**
 * Paged 32-bit AdamW of bitsandbytes: two fp32 moments, whatever the parameter's dtype, in managed memory but for tensors under 100,000 elements.
 *
 * @see bitsandbytes/optim/optimizer.py, `Optimizer2State.init_state` (`dtype = torch.float32`).
 */
export const pagedAdamw32bit: Optimizer = {
  states: unpaged((tensors) =>
    elementwise(tensors, MOMENTS, (tensor) => (tensor.isStateOverridden ? tensor.stateBytes : FP32_BYTES)),
  ),
  temporaries: () => NOTHING,
};
