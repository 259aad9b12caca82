import { allocated } from "#calc/base/allocation.ts";
import type { TensorGroup } from "#calc/parameters/tensor-group.ts";
import { bytesPerParameter, type ParameterFormat } from "#calc/base/dtype.ts";
import type { Amount } from "#calc/base/formula/amount.ts";
import { setting } from "#calc/base/formula/inputs.ts";
import { amountOf, type Sort, type Tally, tallyUp } from "#calc/base/formula/tally.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { kbitFormat } from "./kbit-format.ts";
import { quantizedTensor } from "./quantized-tensor.ts";

/** Whether a quantisation takes this tensor: the weights of linear modules, and under a flat rule everything. */
export const isQuantized = (tensor: TensorGroup, scenario: Scenario): boolean =>
  scenario.method.kind === "qlora" &&
  ((tensor.role === "linear" && tensor.kept !== "whole") || scenario.method.quantization.kind === "flat");

/** How an unquantised base tensor is kept. */
export const baseFormat = (tensor: TensorGroup, scenario: Scenario): ParameterFormat => {
  if (tensor.kept === "fp32") return "fp32";
  return scenario.method.kind === "qlora" ? kbitFormat(tensor, scenario.weights, scenario.method) : scenario.weights;
};

const sortOf = (size: number): Sort => ({ name: "parameters", factors: [setting("bytes per parameter", size)] });

/** A tensor that keeps its shape: elements × bytes of its format. */
const tallyPlain = (tally: Tally, tensor: TensorGroup, format: ParameterFormat): void => {
  const size = bytesPerParameter(format);
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
export const baseWeights = (scenario: Scenario, tensors: readonly TensorGroup[]): Amount => {
  const tally: Tally = [];
  for (const tensor of tensors) {
    if (scenario.method.kind === "qlora" && isQuantized(tensor, scenario)) {
      const { bytes, factors } = quantizedTensor(scenario.method.quantization, tensor.shape);
      tallyUp(
        tally,
        { name: "quantised parameters", factors },
        { elements: tensor.elements * tensor.count, bytes: bytes * tensor.count },
      );
    } else tallyPlain(tally, tensor, baseFormat(tensor, scenario));
  }
  return amountOf(tally);
};
