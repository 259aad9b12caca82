// Phrases for sentences: capitals, lists, articles, several GPUs and moments of a run.

import { formatCount, NO_BREAK_SPACE } from "./numbers.ts";
import type { RunMomentId } from "#calc/model/whole-run.ts";
import type { StagePeak } from "#calc/model/memory-estimate.ts";

/** A phrase as a sentence begins with it. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A phrase as it stands inside a sentence: "In place" is "in place"; what is no plain word stays: "SDPA", "ZeRO 3". */
export const uncapitalized = (text: string): string =>
  text.replace(/^[A-Z][a-z]*(?![A-Za-z])/, (word) => word.toLowerCase());

/** "LoRA", "LoRA and QLoRA", "full, LoRA and QLoRA". */
export const joinWithAnd = (phrases: readonly string[]): string => {
  const last = phrases.at(-1) ?? "";
  return phrases.length < 2 ? last : `${phrases.slice(0, -1).join(", ")} and ${last}`;
};

/** Letters whose spoken name begins with a vowel: "an RTX", "an H100", "an L4", but "a T4", "a GTX". */
const VOWEL_NAMED = "AEFHILMNORSX";

const isSpelled = (word: string): boolean => !/[a-z]/.test(word);

/** Whether a product's name takes "a" or "an": names in capitals are spelled out ("an RTX 4090"), others read as words ("a Radeon"). @internal */
export const indefiniteArticle = (name: string): "a" | "an" => {
  const word = name.trim().split(/[\s-]/)[0] ?? "";
  if (/^\d/.test(word)) return /^(8|11\b|18\b)/.test(word) ? "an" : "a";
  const first = word.charAt(0).toUpperCase();
  return (isSpelled(word) ? VOWEL_NAMED : "AEIO").includes(first) ? "an" : "a";
};

/** One or several cards by name: "an RTX 4090", "4 × H100". */
export const gpuPhrase = (name: string, gpus: number): string =>
  gpus > 1 ? `${formatCount(gpus)}${NO_BREAK_SPACE}×${NO_BREAK_SPACE}${name}` : `${indefiniteArticle(name)} ${name}`;

const WORDS: Readonly<Record<RunMomentId, string>> = {
  loading: "loading",
  prepare: "preparation",
  resume: "resuming",
  generate: "generation",
  step: "training",
  evaluate: "evaluation",
  save: "saving",
  merge: "merging",
};

/**
 * A moment of a run inside a sentence: "saving", "evaluation at batch 8".
 *
 * @param batch of the evaluation, on each GPU; absent: it is not said
 */
export const runMomentWords = (id: RunMomentId, batch?: number): string =>
  id === "evaluate" && batch !== undefined ? `${WORDS[id]} at batch ${formatCount(batch)}` : WORDS[id];

/** Layers of a stage as people count them, and what stands before or after all layers: "Layers 17 to 32, head and loss". */
export const stageWords = ({ from, to, isFirst, isLast }: StagePeak): string => {
  const layers = to - from === 1 ? `Layer ${to}` : `Layers ${from + 1} to ${to}`;
  return `${layers}${isFirst ? ", embeddings" : ""}${isLast ? ", head and loss" : ""}`;
};
