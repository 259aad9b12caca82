import { allocated } from "#calc/base/allocation.ts";
import type { PlannedTensor } from "#calc/parameters/trained-tensors.ts";
import { bytesPerParameter } from "#calc/base/elements.ts";
import { type Amount, setting, amountOf, type Sort, type Tally, tallyUp } from "#calc/base/formula.ts";
import { quantizedTensor } from "./quantized-tensor.ts";

const sortOf = (size: number): Sort => ({ name: "parameters", factors: [setting("bytes per parameter", size)] });

/** A tensor that keeps its shape: elements × bytes of its format. */
const tallyPlain = (tally: Tally, tensor: PlannedTensor): void => {
  const size = bytesPerParameter(tensor.format);
  tallyUp(tally, sortOf(size), {
    elements: tensor.elements * tensor.count,
    bytes: allocated(tensor.elements * size) * tensor.count,
  });
};

/**
 * Bytes of the base model's parameters on the card: linear weights in the format of the quantisation if there is one, everything else
 * as loaded or as k-bit preparation leaves it. Exact: each tensor is rounded up to 512 B as the allocator does. Left out: buffers (rotary
 * frequencies, 0.5 to 2 KiB for a model).
 *
 * @see transformers/integrations/bitsandbytes.py, `replace_with_bnb_linear` (every `nn.Linear` but the output head).
 */
export const baseWeights = (tensors: readonly PlannedTensor[]): Amount => {
  const tally: Tally = [];
  for (const tensor of tensors) {
    const { quantization } = tensor;
    if (quantization !== null) {
      const { bytes, factors } = quantizedTensor(quantization, tensor.shape);
      tallyUp(
        tally,
        { name: "quantised parameters", factors },
        { elements: tensor.elements * tensor.count, bytes: bytes * tensor.count },
      );
    } else tallyPlain(tally, tensor);
  }
  return amountOf(tally);
};
