import type { ObjectiveId } from "#calc/model/objective.ts";

/** What a run trains for, as a word. */
export const OBJECTIVE_NAMES: Readonly<Record<ObjectiveId, string>> = {
  sft: "SFT",
  dpo: "DPO",
  kto: "KTO",
  orpo: "ORPO",
  simpo: "SimPO",
  reward: "Reward model",
  grpo: "GRPO",
  cpo: "CPO",
  distill: "Distillation",
};
