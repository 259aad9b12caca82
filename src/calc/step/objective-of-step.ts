import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Objective } from "#calc/modules/objective.ts";
import { objectiveOf } from "#calc/modules/objectives/objective-of.ts";
import { withPenalties } from "#calc/modules/objectives/with-penalties.ts";
import { tunerOf } from "#calc/modules/tuners/tuner-of.ts";
import type { Workings } from "./workings.ts";

/** What a step trains for, with the terms that its tuner adds to the loss. */
export const objectiveOfStep = (
  { objectives, tuners }: Pick<Workings, "objectives" | "tuners">,
  { objective, method, trainer }: StepOptions,
): Objective => {
  const known = objectiveOf(objectives, objective, trainer);
  // Other trainers make their loss themselves, from what a forward returns beside its own.
  return objective === "sft" ? withPenalties(known, tunerOf(tuners, method)) : known;
};
