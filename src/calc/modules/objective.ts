import type { MomentId } from "#calc/model/memory-estimate.ts";
import type { PassId } from "#calc/model/objective.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Forward, Model } from "./forward.ts";

/** The data of a micro step. */
export type Batch = Readonly<{ input_ids: Tensor; labels: Tensor }>;

/** What a micro step is run with: the code of the model's type, the model, and its data. */
export type Running = Readonly<{ forward: Forward; model: Model; batch: Batch }>;

/** What a pass hands to those after it and to the loss; the trainer's function has names for it. */
export type Outputs = readonly Tensor[];

/** What a trainer runs of a micro step, between one moment and the next: the policy's forward, a reference model's, the loss of both. */
export type Pass = Readonly<{
  id: PassId;
  /** The moment that ends with it. */
  moment: MomentId;
  /** Runs it, as the trainer's code does, in autocast or outside, recorded or not; `earlier` are the outputs of the passes before it, in their order. */
  run: (running: Running, earlier: readonly Outputs[]) => Outputs;
}>;

/** What a run trains for: what a micro step runs before backward, and what backward begins with. */
export type Objective = Readonly<{
  passes: readonly Pass[];
  /** The loss, from the outputs of all passes; what the trainer's function has no name for any more is let go of. */
  loss: (outputs: readonly Outputs[], running: Running) => Tensor;
}>;
