// Type of a training objective (batch columns, forward passes, loss) and lookup by name.

import type { MomentId } from "#calc/model/memory-estimate.ts";
import { assert } from "#calc/base/guards.ts";
import type { Element } from "#calc/base/dtypes.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import type { PassId, TrainerId, ObjectiveId } from "#calc/model/objective.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Forward, Model } from "#calc/modules/forward.ts";

/** A tensor that the trainer's collator makes, by its name. */
export type Column = Readonly<{ name: string; shape: Shape; dtype: Element }>;

/** The data of a micro step, by the names of its columns. */
export type Batch = ReadonlyMap<string, Tensor>;

/** A column of the batch. Throws where the objective has none of that name. */
export const columnOf = (batch: Batch, name: string): Tensor => {
  const found = batch.get(name);
  assert(found !== undefined, `a batch of this objective has ${name}`);
  return found;
};

/** What a model is called with. */
export type Labelled = Readonly<{ input_ids: Tensor; labels: Tensor }>;

/** The batch where its own labels are those of the loss. */
export const labelled = (batch: Batch): Labelled => ({
  input_ids: columnOf(batch, "input_ids"),
  labels: columnOf(batch, "labels"),
});

/** A model, and the code of its type. */
export type CodedModel = Readonly<{ forward: Forward; model: Model }>;

/** What a micro step runs with: the model, a copy of it as it was or a teacher where an objective has one, and the batch. */
export type Running = CodedModel & Readonly<{ copy: Model | null; teacher: CodedModel | null; batch: Batch }>;

/** The tensors that a pass hands to later passes and to the loss, by name, bound in the scope of the trainer's function. */
export type Outputs = Readonly<Record<string, Tensor>>;

/** An output of a pass. Throws where the pass has none of that name. */
export const outputOf = (outputs: Outputs | undefined, name: string): Tensor => {
  const found = outputs?.[name];
  assert(found !== undefined, `a pass of this objective gives ${name}`);
  return found;
};

/** One forward of a micro step, such as the policy's or a reference model's. A moment ends with each. */
export type Pass = Readonly<{
  id: PassId;
  /** The moment that ends with it; null: that of the next pass goes on. */
  moment: MomentId | null;
  /** It runs the reference: the policy's copy, where there is one. */
  ofReference?: true;
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
  /** What the collator makes; absent: ids, labels, and a mask where the model is given one. */
  columns?: (options: StepOptions) => readonly Column[];
  passes: readonly Pass[];
  /** What it was in trainers before TRL 1, where that is counted. */
  older?: Readonly<Partial<Record<TrainerId, Objective>>>;
  /** Makes the loss from the outputs of all passes. It drops outputs for which the trainer's function has no name any more. */
  loss: (outputs: readonly Outputs[], running: Running) => Tensor;
}>;

/** The objectives that an engine was made with. */
export type Objectives = Readonly<Partial<Record<ObjectiveId, Objective>>>;

/**
 * The objective of that name, or what it was in the code of an older trainer.
 *
 * @throws Error when the engine was made without it: `estimate` refuses such a scenario before
 */
export const objectiveOf = (objectives: Objectives, id: ObjectiveId, trainer?: TrainerId): Objective => {
  const known = objectives[id];
  const objective = trainer === undefined ? known : known?.older?.[trainer];
  assert(objective !== undefined, `somebody knows the objective ${id}`);
  return objective;
};
