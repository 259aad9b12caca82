import type { Amount } from "#calc/base/formula/amount.ts";
import type { TrainedTensor } from "#calc/parameters/trained-tensor.ts";

/** What an optimizer keeps between steps and what it needs during one. */
export type Optimizer = Readonly<{
  /** States, there from the first step on. */
  states: (tensors: readonly TrainedTensor[]) => Amount;
  /** How many tensors of about one size the states of one parameter are; one where it is not said. */
  statesEach?: number;
  /** The most that is alive during the step, beside weights, gradients and states. */
  temporaries: (tensors: readonly TrainedTensor[]) => Amount;
  /**
   * Each tensor is updated as soon as its gradient has arrived, which then goes, so that there is no step: fp32 tensors of its size that the update of a
   * 16-bit one makes.
   */
  updatesInBackward?: number;
}>;
