// Training objectives that each library supports, as far as they are estimated.

import { type ObjectiveId, OBJECTIVES } from "#calc/model/objective.ts";
import type { StackId } from "./stacks.ts";

const OF_PAIRS: readonly ObjectiveId[] = ["dpo", "orpo", "cpo", "simpo"];

/** What libraries train for beside SFT, as far as that is counted. Apart from their rows, which the page does not have. */
const TRAINED_FOR: ReadonlyMap<string, readonly ObjectiveId[]> = new Map([
  ["trl", OBJECTIVES],
  ["trl-1.14", OF_PAIRS],
  ["trl-1.9", [...OF_PAIRS, "grpo"]],
  ["trl-0.24", ["dpo"]],
] satisfies readonly (readonly [StackId, readonly ObjectiveId[]])[]);

/** Whether a library, by the name in a link, trains for something, as far as that is counted. */
export const supportsObjective = (stack: string, objective: ObjectiveId): boolean =>
  objective === "sft" || TRAINED_FOR.get(stack)?.includes(objective) === true;
