import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { type Amount, NOTHING, plus } from "#calc/base/formula/amount.ts";
import { counted } from "#calc/base/formula/inputs.ts";
import type { CompiledStep } from "./compiled-step.ts";
import type { Holdings } from "./holdings.ts";
import type { TermAmounts } from "./term-amounts.ts";

/** The model's buffers, for example the inverse frequencies of a rotary embedding. */
export const buffersOf = ({ bufferBlocks }: CompiledStep): Amount => {
  const bytes = bufferBlocks * BLOCK_BYTES;
  return { bytes, formula: [counted("bytes of buffers", bytes)] };
};

/** What is alive all through the step beside the tape: weights, adapters and states as they are kept, scratch memory, buffers. */
export const standingTerms = (compiled: CompiledStep, holdings: Holdings): TermAmounts => {
  const { weights, adapters, optimizer, gradients, cublas, buffers } = holdings;
  return {
    weights,
    adapters,
    optimizer,
    gradients,
    activations: NOTHING,
    logits: NOTHING,
    workspace: plus(cublas, buffers, buffersOf(compiled)),
  };
};
