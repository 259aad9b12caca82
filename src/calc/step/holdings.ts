import type { Activations } from "#calc/activations/activations.ts";
import type { Amount } from "#calc/formula/amount.ts";
import type { Gradients } from "#calc/gradients/gradients.ts";
import type { LossMemory } from "#calc/loss/loss-memory.ts";
import type { Gathered, Unreduced } from "#calc/parallel/unit-at-work.ts";
import type { Scenario } from "#calc/scenario.ts";
import type { WeightCopies } from "#calc/weights/cast-copies.ts";

/** Everything that one rank holds at some point of a step; the moments say when. */
export type Holdings = Readonly<{
  scenario: Scenario;
  weights: Amount;
  adapters: Amount;
  optimizer: Amount;
  optimizerTemporaries: Amount;
  gradients: Gradients;
  gradientShards: number;
  activations: Activations;
  loss: LossMemory;
  copies: WeightCopies;
  /** Alive at every moment after loading: cuBLAS, communication buckets. */
  standingWorkspace: Amount;
  /** Alive while forward and backward run: gathered parameters. */
  gathered: Gathered;
  /** Gradients of a layer, and of what stands outside the layers, before they are reduced over the ranks. */
  unreduced: Unreduced;
  gradientsAddInPlace: boolean;
}>;
