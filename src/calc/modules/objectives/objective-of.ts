import { assert } from "#calc/base/assert.ts";
import type { ObjectiveId } from "#calc/model/objective.ts";
import type { Objective } from "#calc/modules/objective.ts";

/** The objectives that an engine was made with. */
export type Objectives = Readonly<Partial<Record<ObjectiveId, Objective>>>;

/**
 * The objective of that name.
 *
 * @throws Error when the engine was made without it: `estimate` refuses such a scenario before
 */
export const objectiveOf = (objectives: Objectives, id: ObjectiveId): Objective => {
  const objective = objectives[id];
  assert(objective !== undefined, `somebody knows the objective ${id}`);
  return objective;
};
