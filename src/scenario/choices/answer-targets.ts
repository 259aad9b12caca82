import { ENGINE } from "#calc/whole-engine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Lora } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/**
 * What the chosen targets are on this model: the names of a preset in the model's own words; names of the user's own as far as the model has such
 * modules, since they may have been chosen for another model. All its linears where nothing is left (`answer-issues.ts` says so).
 */
export const answerTargets = (targets: Choices["targets"], architecture: Architecture): Lora["target_modules"] => {
  const known =
    typeof targets === "string"
      ? ENGINE.targetModules(architecture, targets)
      : targets.filter(ENGINE.canTarget(architecture));
  return known === null || known.length === 0
    ? (ENGINE.targetModules(architecture, "all-linear") ?? "all-linear")
    : known;
};
