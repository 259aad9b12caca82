import type { Amount } from "#calc/base/formula/amount.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { PlannedTensor } from "#calc/parameters/planned-tensor.ts";

/** What one rank holds whatever layers do: the moments say when. */
export type Holdings = Readonly<{
  /** The scenario as its parameters are kept between steps, and the tensors: of base and adapters, and those that the optimizer has states of. */
  kept: Readonly<{
    scenario: Scenario;
    base: readonly PlannedTensor[];
    adapters: readonly PlannedTensor[];
    states: readonly PlannedTensor[];
  }>;
  /** What of the weights is kept beside the shards of quantised tensors. */
  scales: Amount;
  weights: Amount;
  adapters: Amount;
  optimizer: Amount;
  optimizerTemporaries: Amount;
  /** Gradients that are kept beside those of the tape. */
  gradients: Amount;
  /** Alive at every moment after loading: cuBLAS's scratch memory, and buffers of communication. */
  cublas: Amount;
  buffers: Amount;
  /** What the rank keeps in host memory. */
  host: Amount;
}>;

/** A scenario with its model taken apart into tensors. */
export type StepInput = Readonly<{
  scenario: Scenario;
  machine: Machine;
  layout: ModelLayout;
  base: readonly PlannedTensor[];
  /** What is trained beside a frozen base; nothing under full fine-tuning. */
  adapters: readonly PlannedTensor[];
}>;
