import type { MethodId } from "#calc/model/scenario.ts";

/** How a method is called: on a card or a bar, and inside a sentence. */
export type MethodName = Readonly<{ label: string; inSentence: string }>;

/** The names of the three methods, the same everywhere. */
export const METHOD_NAMES: Readonly<Record<MethodId, MethodName>> = {
  full: { label: "Full", inSentence: "full fine-tuning" },
  lora: { label: "LoRA", inSentence: "LoRA" },
  qlora: { label: "QLoRA", inSentence: "QLoRA" },
};
