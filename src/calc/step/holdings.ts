// Types of what a rank holds in a step and of a compiled step, and the terms that are alive all through it.

import { type Amount, NOTHING, plus, counted } from "#calc/base/formula.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import type { CompiledStep } from "./program.ts";
import { ALLOCATED_TERM_IDS, type PerTerm, perTerm } from "#calc/model/terms.ts";

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

/** What is alive at one point of the step, term by term. */
export type TermAmounts = PerTerm<Amount>;

export const NO_AMOUNTS: TermAmounts = perTerm(() => NOTHING);

/** The bytes of all terms together. */
export const totalBytesOf = (terms: TermAmounts): number => {
  let total = 0;
  for (const id of ALLOCATED_TERM_IDS) total += terms[id].bytes;
  return total;
};
