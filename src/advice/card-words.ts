import { formatGib } from "#format/bytes.ts";
import { gpuPhrase, capitalised } from "#format/phrases.ts";
import { formatCount } from "#format/numbers.ts";
import type { CardCandidate } from "./smallest-gpu.ts";
import type { GpuFacts } from "#catalog/rows.ts";
import { UNIFIED_MEMORY } from "#catalog/card-traits.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { cannotRunWords, missingFeatures } from "#scenario/choices/cannot-run.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";

const NBSP = "\u00a0";

/** A size in a sentence, without its sign: "6.7 GiB", "0.0 GiB" for none. */
export const gibWords = (bytes: number): string => `${bytes === 0 ? "0.0" : formatGib(Math.abs(bytes))}${NBSP}GiB`;

/** The size tells apart cards that share a name. */
const sizedName = ({ shortName, memoryGb }: CardCandidate): string =>
  shortName.endsWith("GB") ? shortName : `${shortName}, ${memoryGb}${NBSP}GB`;

/** A card that is named as a way out in a sentence: "an RTX 5090, 32 GB". */
export const candidateWords = (candidate: CardCandidate, gpus: number): string => gpuPhrase(sizedName(candidate), gpus);

/** The same in a label: "1 × RTX 5090, 32 GB". */
export const boxWords = (candidate: CardCandidate, gpus: number): string =>
  `${formatCount(gpus)}${NBSP}×${NBSP}${sizedName(candidate)}`;

/** What a card asks for that no estimate says by itself. */
export type CardNote = Readonly<{ id: string; says: string }>;

type Subject = Readonly<{ row: GpuFacts; answer: Answer }>;

/** The method in focus asks for something that the card lacks. */
const lacking = ({ answer: { choices, gpu, model } }: Subject): CardNote | null => {
  const { method } = choices;
  const [first] = missingFeatures(choices, method, { card: gpu.traits, architecture: model.architecture });
  if (first === undefined) return null;
  const says = `${capitalised(METHOD_NAMES[method].inSentence)} ${cannotRunWords(first.lacks, gpu, choices.gpus)}.`;
  return { id: "cannot-run", says };
};

const onePool = ({ row, answer: { gpu } }: Subject): CardNote | null => {
  const share = gpu.basis.of === "unified" ? UNIFIED_MEMORY[row.vendor] : undefined;
  if (share === undefined) return null;
  const taken = `${formatGib(gpu.usableBytes)} of ${gpu.memoryGb} GiB, one memory for CPU and GPU.`;
  return { id: "one-pool", says: `${taken} ${share.says} Offloading gains nothing.` };
};

/** What the chosen card asks for: other choices, what lets it have more memory. */
export const cardNotes = (row: GpuFacts, answer: Answer): readonly CardNote[] =>
  [lacking, onePool].map((note) => note({ row, answer })).filter((note) => note !== null);
