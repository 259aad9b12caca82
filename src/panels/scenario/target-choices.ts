import { ENGINE } from "#calc/whole-engine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { TARGET_PRESETS, type TargetPreset } from "#calc/model/layout.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { TARGET_NAMES } from "./names.ts";

/** The module names of a choice in a model; none where the model's family does not offer the preset. */
export const targetNames = (architecture: Architecture, targets: Choices["targets"]): readonly string[] => {
  if (typeof targets !== "string") return targets;
  const modules = ENGINE.targetModules(architecture, targets);
  if (modules === null) return [];
  return modules === "all-linear" ? ENGINE.linearModuleNames(architecture) : modules;
};

/** Whether the family offers a preset: with latent attention there is no q and v to choose. */
export const isOffered = (architecture: Architecture, preset: TargetPreset): boolean =>
  ENGINE.targetModules(architecture, preset) !== null;

const setOf = (names: readonly string[]): string => [...new Set(names)].sort().join(" ");

/** "all linear is attention + MLP": the first two presets that are the same modules in this model; null when all differ. */
export const coincidence = (architecture: Architecture): string | null => {
  const offered = TARGET_PRESETS.filter((preset) => isOffered(architecture, preset));
  for (const wide of offered.toReversed())
    for (const narrow of offered.slice(0, offered.indexOf(wide)))
      if (setOf(targetNames(architecture, wide)) === setOf(targetNames(architecture, narrow)))
        return `${inSentence(TARGET_NAMES[wide])} is ${inSentence(TARGET_NAMES[narrow])}`;
  return null;
};

/** "Attention + MLP" within a sentence: only the first letter is there for the start of a line. */
const inSentence = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
