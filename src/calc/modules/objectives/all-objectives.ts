// List of all training objectives.

import type { ObjectiveId } from "#calc/model/objective.ts";
import type { Objective } from "./objective.ts";
import { distill } from "./distill.ts";
import { dpo } from "./dpo.ts";
import { grpo } from "./grpo.ts";
import { kto } from "./kto.ts";
import { cpo, orpo, simpo } from "./reference-free.ts";
import { reward } from "./reward.ts";
import { sft } from "./sft.ts";

/** Every objective. */
export const ALL_OBJECTIVES: Readonly<Record<ObjectiveId, Objective>> = {
  sft,
  dpo,
  kto,
  grpo,
  orpo,
  cpo,
  simpo,
  reward,
  distill,
};
