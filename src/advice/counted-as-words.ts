import type { CountedAs } from "./counted-as.ts";

/** What the card decides, in one sentence. */
export const countedAsWords = ({ card, compute, attention, isTried }: CountedAs): string =>
  `Counted as ${card} runs it: ${compute}, ${attention}${isTried ? "" : " (read from sources, not tried)"}.`;
