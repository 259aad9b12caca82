// Names of methods and training objectives.

import type { MethodId } from "#calc/model/scenario.ts";
import type { ObjectiveId } from "#calc/model/objective.ts";

/** How a method is called: on a card or a bar, and inside a sentence. */
type MethodName = Readonly<{ label: string; inSentence: string }>;

/** The names of the three methods, the same everywhere. */
export const METHOD_NAMES: Readonly<Record<MethodId, MethodName>> = {
  full: { label: "Full", inSentence: "full fine-tuning" },
  lora: { label: "LoRA", inSentence: "LoRA" },
  qlora: { label: "QLoRA", inSentence: "QLoRA" },
};

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
