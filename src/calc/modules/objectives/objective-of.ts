import { assert } from "#calc/base/assert.ts";
import type { ObjectiveId, TrainerId } from "#calc/model/objective.ts";
import type { Objective } from "#calc/modules/objective.ts";

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
