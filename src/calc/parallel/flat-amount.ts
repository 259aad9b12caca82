import { allocated } from "#calc/base/allocation.ts";
import { type Amount, product } from "#calc/base/formula/amount.ts";
import { constant, counted } from "#calc/base/formula/inputs.ts";
import type { PlannedTensor } from "#calc/parameters/planned-tensor.ts";

/** A value of the type that ranks compute in: fp16 or bf16. */
export const COMPUTE_BYTES = 2;
export const FP32_BYTES = 4;

/** Elements of the largest tensor; 0 of none. */
export const largestOf = (tensors: readonly PlannedTensor[]): number =>
  tensors.reduce((largest, { elements }) => Math.max(largest, elements), 0);

/** One flat tensor: elements × bytes each, in whole blocks. */
export const flat = (name: string, elements: number, bytesEach: number): Amount => ({
  bytes: allocated(elements * bytesEach),
  formula: product(counted(name, elements), constant("bytes each", bytesEach)),
});
