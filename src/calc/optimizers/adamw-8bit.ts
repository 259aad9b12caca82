// AdamW of bitsandbytes: 8-bit states, and paged ones of 8 and 32 bits.

import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { allocated } from "#calc/base/bytes.ts";
import { NOTHING, constant, amountOf, type Tally, tallyUp, type Amount, plus } from "#calc/base/formula.ts";
import { elementwiseBytes } from "#calc/parameters/counts.ts";
import { type Optimizer, MOMENTS } from "./optimizer.ts";
import type { TrainedTensor } from "#calc/parameters/parameter-tensors.ts";

/** Smaller tensors keep their moments in fp32. */
const MIN_8BIT_ELEMENTS = 4096;
/** Elements that share one fp32 scale (`absmax`). */
const BLOCK_ELEMENTS = 256;

/** Bytes of one moment of a tensor of n elements: n + 4⌈n/256⌉, or 4n below 4,096 elements. */
const momentBytes = (elements: number): number =>
  elements < MIN_8BIT_ELEMENTS
    ? allocated(elements * ELEMENT_BYTES.fp32)
    : allocated(elements) + allocated(Math.ceil(elements / BLOCK_ELEMENTS) * ELEMENT_BYTES.fp32);

const LARGE = [
  constant("bytes each, with the block's scale", 1 + ELEMENT_BYTES.fp32 / BLOCK_ELEMENTS),
  constant("states", MOMENTS),
];
const SMALL = [constant("bytes each", ELEMENT_BYTES.fp32), constant("states", MOMENTS)];

/**
 * AdamW of bitsandbytes with 8-bit states: two moments of 1 B, with one fp32 scale for 256 elements; tensors under 4,096 elements in fp32.
 * The kernel updates in place. The two code tables (1 KiB each) are left out.
 *
 * @see bitsandbytes/optim/optimizer.py, `Optimizer2State.init_state` (`min_8bit_size`, `blocksize = 256`); Dettmers et al. 2022,
 * "8-bit Optimizers via Block-wise Quantization", section 2.
 */
export const adamw8bit: Optimizer = {
  states: (tensors) => {
    if (tensors.some((tensor) => tensor.isStateOverridden))
      return elementwiseBytes(tensors, MOMENTS, (tensor) => tensor.stateBytes);
    const tally: Tally = [];
    for (const { elements, count } of tensors) {
      const isSmall = elements < MIN_8BIT_ELEMENTS;
      tallyUp(
        tally,
        { name: isSmall ? "parameters of small tensors" : "trained parameters", factors: isSmall ? SMALL : LARGE },
        { elements: elements * count, bytes: MOMENTS * count * momentBytes(elements) },
      );
    }
    return amountOf(tally);
  },
  statesEach: MOMENTS,
  temporaries: () => NOTHING,
};

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
    const each = allocated(Math.ceil(elements / BLOCK_ELEMENTS) * ELEMENT_BYTES.fp32);
    tallyUp(
      tally,
      {
        name: "parameters with paged states",
        factors: [
          constant("bytes of a block's scale, each", ELEMENT_BYTES.fp32 / BLOCK_ELEMENTS),
          constant("states", MOMENTS),
        ],
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
    elementwiseBytes(tensors, MOMENTS, (tensor) => (tensor.isStateOverridden ? tensor.stateBytes : ELEMENT_BYTES.fp32)),
  ),
  temporaries: () => NOTHING,
};
