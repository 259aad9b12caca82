import { ownValue } from "#calc/base/own-value.ts";
import { OBJECTIVES, type ObjectiveId } from "#calc/model/objective.ts";

/** What tools and scripts call objectives that have another name in the link. IPO is a loss of DPO's trainer, GDPO another way to add up GRPO's rewards. */
const IDS: Readonly<Record<string, string>> = {
  ipo: "dpo",
  gdpo: "grpo",
  gkd: "distill",
  rm: "reward",
  reward_modeling: "reward",
};

const isCounted = (id: string): id is ObjectiveId => OBJECTIVES.some((each) => each === id);

/** The objective of a name, in letters of any case; undefined where it is not counted. */
export const countedObjective = (name: string): ObjectiveId | undefined => {
  const word = name.toLowerCase();
  const id = ownValue(IDS, word) ?? word;
  return isCounted(id) ? id : undefined;
};
