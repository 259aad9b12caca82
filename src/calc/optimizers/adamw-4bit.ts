import { allocated } from "#calc/base/allocation.ts";
import { NOTHING } from "#calc/base/formula/amount.ts";
import { constant } from "#calc/base/formula/inputs.ts";
import { amountOf, type Tally, tallyUp } from "#calc/base/formula/tally.ts";
import { elementwise } from "#calc/parameters/elementwise.ts";
import type { Optimizer } from "./optimizer.ts";

const MOMENTS = 2;
const CODE_BYTES = 0.5;
/** Elements that share one fp32 scale; only tensors of whole blocks are quantised, from so many elements on. */
const BLOCK_ELEMENTS = 128;
const MIN_ELEMENTS = 4096;
const FP32_BYTES = 4;

const WHOLE_BLOCKS = [
  constant("bytes each, with the block's scale", CODE_BYTES + FP32_BYTES / BLOCK_ELEMENTS),
  constant("states", MOMENTS),
];

/**
 * torchao's AdamW with 4-bit states: two moments of half a byte, with one fp32 scale for 128 elements; other tensors in the parameter's dtype. Each tensor's
 * update is one compiled kernel. The tables of 16 values are left out.
 *
 * @see torchao/optim/adam.py, `_new_buffer`, `AdamW4bit`; subclass_4bit.py, `OptimState4bit`; Li et al. 2023, "Memory Efficient Optimizers with 4-bit States"
 */
export const adamw4bit: Optimizer = {
  states: (tensors) => {
    const tally: Tally = [];
    for (const tensor of tensors) {
      const { elements, count, stateBytes, isStateOverridden } = tensor;
      const isQuantized = elements >= MIN_ELEMENTS && elements % BLOCK_ELEMENTS === 0;
      if (isStateOverridden) return elementwise(tensors, MOMENTS, (each) => each.stateBytes);
      const each = isQuantized
        ? allocated(elements * CODE_BYTES) + allocated((elements / BLOCK_ELEMENTS) * FP32_BYTES)
        : allocated(elements * stateBytes);
      const factors = isQuantized ? WHOLE_BLOCKS : [constant("bytes each", stateBytes), constant("states", MOMENTS)];
      tallyUp(
        tally,
        { name: isQuantized ? "trained parameters" : "parameters of other tensors", factors },
        { elements: elements * count, bytes: MOMENTS * count * each },
      );
    }
    return amountOf(tally);
  },
  statesEach: MOMENTS,
  temporaries: () => NOTHING,
};
