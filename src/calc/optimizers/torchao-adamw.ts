// AdamW of torchao with states of 8 and 4 bits.

import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { allocated } from "#calc/base/bytes.ts";
import { NOTHING, constant, amountOf, type Tally, tallyUp } from "#calc/base/formula.ts";
import { elementwiseBytes } from "#calc/parameters/counts.ts";
import { type Optimizer, MOMENTS } from "./optimizer.ts";

/** Only tensors of whole blocks are quantised, from so many elements on. */
const MIN_ELEMENTS = 4096;

/** How a moment is kept: bytes of a code, and how many elements share one fp32 scale. */
type Coded = Readonly<{ codeBytes: number; blockElements: number }>;

/**
 * torchao's AdamW with quantised states: two moments of 8 or 4 bits an element, with one fp32 scale for 256 or 128 elements; other tensors in the parameter's
 * dtype. Each tensor's update is one compiled kernel. The tables of values are left out.
 *
 * @see torchao/optim/adam.py, `_new_buffer`, `AdamW8bit`, `AdamW4bit`; subclass_8bit.py, subclass_4bit.py; Li et al. 2023, "Memory Efficient Optimizers with
 * 4-bit States"
 */
const torchaoAdamw = ({ codeBytes, blockElements }: Coded): Optimizer => {
  const wholeBlocks = [
    constant("bytes each, with the block's scale", codeBytes + ELEMENT_BYTES.fp32 / blockElements),
    constant("states", MOMENTS),
  ];
  return {
    states: (tensors) => {
      const tally: Tally = [];
      for (const tensor of tensors) {
        const { elements, count, stateBytes, isStateOverridden } = tensor;
        const isQuantized = elements >= MIN_ELEMENTS && elements % blockElements === 0;
        if (isStateOverridden) return elementwiseBytes(tensors, MOMENTS, (each) => each.stateBytes);
        const each = isQuantized
          ? allocated(elements * codeBytes) + allocated((elements / blockElements) * ELEMENT_BYTES.fp32)
          : allocated(elements * stateBytes);
        const factors = isQuantized ? wholeBlocks : [constant("bytes each", stateBytes), constant("states", MOMENTS)];
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
};

/** `AdamW8bit` */
export const torchaoAdamw8bit = torchaoAdamw({ codeBytes: 1, blockElements: 256 });

/** `AdamW4bit` */
export const torchaoAdamw4bit = torchaoAdamw({ codeBytes: 0.5, blockElements: 128 });
