import type { Answer } from "#scenario/choices/answer.ts";
import { qloraOverLora, type QloraOverLora } from "./qlora-over-lora.ts";

/** Why QLoRA takes no less than LoRA in an answer; null where it takes less, or where one of them is not shown. Not only small models: QLoRA is not always the smaller one. */
export const qloraInAnswer = ({ methods, gpu }: Pick<Answer, "methods" | "gpu">): QloraOverLora | null => {
  const [lora, qlora] = (["lora", "qlora"] as const).map((id) => methods.find(({ method }) => method === id));
  return lora === undefined || qlora === undefined ? null : qloraOverLora(lora, qlora, gpu.traits);
};
