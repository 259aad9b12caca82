import { gibWords } from "#advice/gpu-words.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { capitalised, gpuPhrase } from "#format/phrases.ts";
import { type Answer, type MethodAnswer, wholeCard } from "#scenario/choices/answer.ts";

/** What the panel does for the method in focus. */
export const fitTitle = (answer: Pick<MethodAnswer, "card" | "run">): string => {
  const { fit } = wholeCard(answer);
  if (fit === "cannot-run") return "What to change";
  return fit === "over" ? "Make it fit" : "Use the room";
};

const cardOf = ({ choices, gpu }: Pick<Answer, "choices" | "gpu">): string => {
  if (choices.gpus > 1) return choices.gpu.kind === "custom" ? "each card" : `each ${gpu.shortName}`;
  return choices.gpu.kind === "custom" ? "the card" : gpuPhrase(gpu.shortName, 1);
};

/** "LoRA needs 20.9 GiB more than an RTX 4090 has." */
export const fitHint = (answer: Pick<Answer, "choices" | "gpu">, one: MethodAnswer): string => {
  const card = wholeCard(one);
  const name = capitalised(METHOD_NAMES[one.method].inSentence);
  const amount = gibWords(card.headroomBytes);
  if (card.fit === "cannot-run") return `${name} cannot run on ${cardOf(answer)}: ${card.cannotRun}`;
  return card.fit === "over"
    ? `${name} needs ${amount} more than ${cardOf(answer)} has.`
    : `${name} leaves ${amount} of ${cardOf(answer)} free.`;
};

/** What the choice of the panel answers; null where there is none. */
export const fitQuestion = (answer: Pick<MethodAnswer, "card" | "run">): string | null => {
  const { fit } = wholeCard(answer);
  if (fit === "cannot-run") return null;
  return fit === "over" ? "What may it cost?" : "What would you spend it on?";
};
