import type { Amount } from "#calc/base/formula.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { PlannedTensor } from "#calc/parameters/trained-tensors.ts";

/** The parameters of models that run beside the trained one: a copy of the policy, as it was, and a teacher. */
export type ModelsBeside = Readonly<Record<"copy" | "teacher", readonly PlannedTensor[]>>;

/** What one rank holds beside the tensors of forward and backward. The moments of a step say when each of them is there. */
export type Holdings = Readonly<{
  /** As parameters are kept between steps: the scenario, the tensors of base and adapters, those that the optimizer has states of, and those of models beside. */
  kept: Readonly<{
    scenario: Scenario;
    base: readonly PlannedTensor[];
    adapters: readonly PlannedTensor[];
    states: readonly PlannedTensor[];
    beside: ModelsBeside;
  }>;
  /** The part of `weights` that is the scales of other ranks' shards of a quantised base. */
  scales: Amount;
  weights: Amount;
  /** The part of `weights` that models beside the trained one have. */
  beside: Amount;
  adapters: Amount;
  optimizer: Amount;
  optimizerTemporaries: Amount;
  /** Gradients that are kept beside the tape's. */
  gradients: Amount;
  /** Alive at every moment after loading: cuBLAS's workspaces, and buffers of communication. */
  cublas: Amount;
  buffers: Amount;
  /** What the rank keeps in host memory. */
  host: Amount;
}>;

/** A scenario and the tensors of its model. */
export type StepInput = Readonly<{
  scenario: Scenario;
  machine: Machine;
  layout: ModelLayout;
  base: readonly PlannedTensor[];
  /** The tensors that are trained beside a frozen base; none under full fine-tuning. */
  adapters: readonly PlannedTensor[];
}>;
