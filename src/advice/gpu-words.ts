// Words for GPUs in sentences and labels: memory sizes, names with sizes, notes on the chosen GPU.

import { formatGib } from "#format/bytes.ts";
import { gpuPhrase } from "#format/phrases.ts";
import { formatCount, NO_BREAK_SPACE } from "#format/numbers.ts";

/** A size in a sentence, without its sign: "6.7 GiB", "0.0 GiB" for none. */
export const gibWords = (bytes: number): string =>
  `${bytes === 0 ? "0.0" : formatGib(Math.abs(bytes))}${NO_BREAK_SPACE}GiB`;

/** The size tells apart cards that share a name. */
const sizedName = ({ shortName, memoryGb }: CardCandidate): string =>
  shortName.endsWith("GB") ? shortName : `${shortName}, ${memoryGb}${NO_BREAK_SPACE}GB`;

/** A card that is named as a way out in a sentence: "an RTX 5090, 32 GB". */
export const candidateWords = (candidate: CardCandidate, gpus: number): string => gpuPhrase(sizedName(candidate), gpus);

/** The same in a label: "1 × RTX 5090, 32 GB". */
export const boxWords = (candidate: CardCandidate, gpus: number): string =>
  `${formatCount(gpus)}${NO_BREAK_SPACE}×${NO_BREAK_SPACE}${sizedName(candidate)}`;

/** A card that could be named to the reader. */
export type CardCandidate = Readonly<{
  id: string;
  shortName: string;
  /** The size on the box: several cards share a name and differ in it. */
  memoryGb: number;
  usableBytes: number;
}>;
