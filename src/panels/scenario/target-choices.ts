import { TARGET_PRESETS } from "#calc/model/layout.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { ModelModules } from "#service/answers/model-modules.ts";
import { OPEN_WORDS } from "#scenario/words/open.ts";

/** The module names of a choice in a model; none where the model's family does not offer the preset. */
export const targetNames = ({ presets }: ModelModules, targets: Choices["targets"]): readonly string[] =>
  typeof targets === "string" ? (presets[targets] ?? []) : targets;

const setOf = (names: readonly string[]): string => [...new Set(names)].sort().join(" ");

/** "all linear is attention + MLP": the first two presets that are the same modules in this model; null when all differ. */
export const coincidence = (modules: ModelModules): string | null => {
  const offered = TARGET_PRESETS.filter((preset) => modules.presets[preset] !== null);
  for (const wide of offered.toReversed())
    for (const narrow of offered.slice(0, offered.indexOf(wide)))
      if (setOf(targetNames(modules, wide)) === setOf(targetNames(modules, narrow)))
        return `${inSentence(OPEN_WORDS.targets.values[wide])} is ${inSentence(OPEN_WORDS.targets.values[narrow])}`;
  return null;
};

/** "Attention + MLP" within a sentence: only the first letter is there for the start of a line. */
const inSentence = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
