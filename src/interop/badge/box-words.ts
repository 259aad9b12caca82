import { formatCount } from "#format/count.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { consequences } from "#scenario/choices/resolve-stack.ts";
import { GPUS_WORDS } from "#scenario/words/gpus.ts";

/** The cards of an answer by name: "RTX 4090", "8 × H100", "a card of 24 GB". */
export const chosenWords = ({ gpu, choices: { gpus, gpu: chosen } }: Pick<Answer, "gpu" | "choices">): string => {
  if (chosen.kind !== "custom") return gpus > 1 ? `${formatCount(gpus)} × ${gpu.shortName}` : gpu.shortName;
  return gpus > 1 ? `${formatCount(gpus)} cards of ${gpu.shortName}` : `a card of ${gpu.shortName}`;
};

/** How several cards that nobody has chosen share a model: " with FSDP 2". */
const sharedWords = ({ choices }: Pick<Answer, "choices">): string => {
  const { shard } = consequences(choices);
  return choices.gpus > 1 && shard !== "none" ? ` with ${GPUS_WORDS.shard.values[shard]}` : "";
};

/** Cards that nobody has chosen: with the size on the box, and how several share the model: "8 × H100 (80 GB) with FSDP 2", "A100 40GB". */
export const sizedWords = (answer: Pick<Answer, "gpu" | "choices">): string => {
  const { shortName, memoryGb } = answer.gpu;
  const size = shortName.endsWith("GB") ? "" : ` (${memoryGb} GB)`;
  return `${chosenWords(answer)}${size}${sharedWords(answer)}`;
};
