// Changes that let a method run where the chosen GPU lacks a feature.

import type { Fit } from "#calc/model/memory-estimate.ts";
import { capitalized, joinWithAnd } from "#format/phrases.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { resolveByStack } from "#scenario/choices/resolve-stack.ts";
import { candidateWords } from "./gpu-words.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { settingDifferenceWords, settingDifferences } from "./setting-differences.ts";
import type { SmallestCard } from "./smallest-gpu.ts";

/** What is known of a scenario that its card cannot run: `patch` takes back what was asked for against the card; null where that is not enough. */
export type Stuck = Readonly<{
  answer: Pick<Answer, "choices" | "resolved" | "model" | "gpu" | "methods">;
  patch: Partial<Choices> | null;
  smallestCards: readonly SmallestCard[];
}>;

/** "LoRA would run on it with attention SDPA instead of flash." */
const withoutAsked = ({ answer, patch }: Stuck, name: string): readonly string[] => {
  if (patch === null) return [];
  const choices = { ...answer.choices, ...patch };
  // What is taken back is not the model's.
  const resolved = { ...answer.resolved, ...resolveByStack(choices, choices.method, answer.gpu.traits) };
  const after = { ...answer, choices, resolved };
  const apart = settingDifferences(answer, after).map(settingDifferenceWords);
  const how = apart.length === 0 ? "by what the stack does there by itself" : `with ${joinWithAnd(apart)}`;
  return [`${name} would run on it ${how}.`];
};

/** "Full fine-tuning and LoRA fit on it.", "QLoRA may not fit on it." */
const otherMethods = ({ answer: { methods } }: Stuck): readonly string[] => {
  const namesOf = (fit: Fit): readonly string[] =>
    methods.filter(({ card }) => card.fit === fit).map(({ method }) => METHOD_NAMES[method].inSentence);
  const [fitting, tight] = [namesOf("fits"), namesOf("tight")];
  return [
    ...(fitting.length === 0
      ? []
      : [`${capitalized(joinWithAnd(fitting))} ${fitting.length === 1 ? "fits" : "fit"} on it.`]),
    ...(tight.length === 0 ? [] : [`${capitalized(joinWithAnd(tight))} may not fit on it.`]),
  ];
};

/** Where the card cannot run the method in focus, what would be: other choices, another method, another card; a sentence each. */
export const runnableChanges = (stuck: Stuck, { method }: Pick<MethodAnswer, "method">): readonly string[] => {
  const name = capitalized(METHOD_NAMES[method].inSentence);
  const found = stuck.smallestCards.find((each) => each.method === method)?.found;
  return [
    ...withoutAsked(stuck, name),
    ...otherMethods(stuck),
    ...(found
      ? [
          `${name} as it is chosen ${found.fit === "tight" ? "may not fit" : "fits"} on ${candidateWords(found, found.gpus)}.`,
        ]
      : []),
  ];
};
