import type { MomentId } from "#calc/model/memory-estimate.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { PassId } from "#calc/model/objective.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Forward, Model } from "./forward.ts";

/** The data of a micro step. `labels`: which tokens are scored, as labels or, of pairs, as the mask of completions that labels are made from. */
export type Batch = Readonly<{ input_ids: Tensor; labels: Tensor }>;

/** What a micro step runs with: the code of the model's type, the model, a copy of it as it was where an objective has one, and the batch. */
export type Running = Readonly<{ forward: Forward; model: Model; copy: Model | null; batch: Batch }>;

/** The tensors that a pass hands to later passes and to the loss, bound in the scope of the trainer's function. */
export type Outputs = readonly Tensor[];

/** One forward of a micro step, such as the policy's or a reference model's. A moment ends with each. */
export type Pass = Readonly<{
  id: PassId;
  /** The moment that ends with it; null: that of the next pass goes on. */
  moment: MomentId | null;
  /**
   * Runs the forward as the trainer does: with or without autocast, with or without a graph. `earlier`: the outputs of the passes before
   * it, in order.
   */
  run: (running: Running, earlier: readonly Outputs[]) => Outputs;
}>;

/** What a run trains for: the passes of a micro step, and the loss that backward begins with. */
export type Objective = Readonly<{
  /** Whether the trainer sets all dropout of its models to 0, as those of preferences do (`disable_dropout`). */
  withoutDropout?: true;
  /** How many numbers each pair of rows brings with it, in tensors of their own. */
  numbersOfPairs?: (options: StepOptions) => number;
  passes: readonly Pass[];
  /** Makes the loss from the outputs of all passes. It drops outputs for which the trainer's function has no name any more. */
  loss: (outputs: readonly Outputs[], running: Running) => Tensor;
}>;
