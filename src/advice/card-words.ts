import { formatGib } from "#format/bytes.ts";
import { cardWords } from "#format/card-words.ts";
import type { CardCandidate } from "./smallest-gpu.ts";

const NBSP = "\u00a0";

/** A size in a sentence, without its sign: "6.7 GiB", "0.0 GiB" for none. */
export const gibWords = (bytes: number): string => `${bytes === 0 ? "0.0" : formatGib(Math.abs(bytes))}${NBSP}GiB`;

/** A card that is named as a way out: "an RTX 5090, 32 GB"; the size tells apart cards that share a name. */
export const candidateWords = ({ shortName, memoryGb }: CardCandidate, gpus: number): string =>
  cardWords(shortName.endsWith("GB") ? shortName : `${shortName}, ${memoryGb}${NBSP}GB`, gpus);
