import type { CountedAs } from "./counted-gpus.ts";
import type { StagePeak } from "#calc/model/memory-estimate.ts";

/** What the card decides, in one sentence. */
export const countedAsWords = ({ card, compute, attention, isTried }: CountedAs): string =>
  `Counted as ${card} runs it: ${compute}, ${attention}${isTried ? "" : " (read from sources, not tried)"}.`;

/** Layers of a stage as people count them, and what stands before or after all layers: "Layers 17 to 32, head and loss". */
export const stageWords = ({ from, to, isFirst, isLast }: StagePeak): string => {
  const layers = to - from === 1 ? `Layer ${to}` : `Layers ${from + 1} to ${to}`;
  return `${layers}${isFirst ? ", embeddings" : ""}${isLast ? ", head and loss" : ""}`;
};
