import { allocated } from "#calc/base/allocation.ts";
import { NOTHING } from "#calc/base/formula/amount.ts";
import { constant } from "#calc/base/formula/inputs.ts";
import { amountOf, type Tally, tallyUp } from "#calc/base/formula/tally.ts";
import { elementwise } from "#calc/parameters/elementwise.ts";
import type { Optimizer } from "./optimizer.ts";

const MOMENTS = 2;
/** Smaller tensors keep their moments in fp32. */
const MIN_8BIT_ELEMENTS = 4096;
/** Elements that share one fp32 scale (`absmax`). */
export const BLOCK_ELEMENTS = 256;
const FP32_BYTES = 4;

/** Bytes of one moment of a tensor of n elements: n + 4⌈n/256⌉, or 4n below 4,096 elements. */
const momentBytes = (elements: number): number =>
  elements < MIN_8BIT_ELEMENTS
    ? allocated(elements * FP32_BYTES)
    : allocated(elements) + allocated(Math.ceil(elements / BLOCK_ELEMENTS) * FP32_BYTES);

const LARGE = [
  constant("bytes each, with the block's scale", 1 + FP32_BYTES / BLOCK_ELEMENTS),
  constant("states", MOMENTS),
];
const SMALL = [constant("bytes each", FP32_BYTES), constant("states", MOMENTS)];

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
      return elementwise(tensors, MOMENTS, (tensor) => tensor.stateBytes);
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
