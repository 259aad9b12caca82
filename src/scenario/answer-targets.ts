import type { Architecture } from "#calc/architecture.ts";
import { targetModules } from "#calc/families/target-modules.ts";
import type { Lora } from "#calc/scenario.ts";
import type { Choices } from "./choices.ts";
import { ignoredHere } from "./ignored-here.ts";
import type { Issue } from "./issue.ts";
import { canTarget } from "./model-modules.ts";

/** What the chosen targets are on this model, and what had to be left out of them. */
export type AnswerTargets = Readonly<{ target_modules: Lora["target_modules"]; issues: readonly Issue[] }>;

const allLinear = (architecture: Architecture): Lora["target_modules"] =>
  targetModules(architecture, "all-linear") ?? "all-linear";

const issue = (value: string, used: string, why: string): Issue => ignoredHere({ key: "targets", value, used, why });

/**
 * The names of a preset in the model's own words; where the model does not offer it, all its linears. Names of the user's own stay as far as
 * the model has such modules: they may have been chosen for another model.
 */
export const answerTargets = (targets: Choices["targets"], architecture: Architecture): AnswerTargets => {
  if (typeof targets === "string") {
    const target_modules = targetModules(architecture, targets);
    if (target_modules !== null) return { target_modules, issues: [] };
    const why = "is not offered for this model, whose modules do not divide that way";
    return { target_modules: allLinear(architecture), issues: [issue(targets, "all-linear", why)] };
  }
  const known = targets.filter(canTarget(architecture));
  if (known.length === targets.length) return { target_modules: targets, issues: [] };
  const why = "names modules that this model does not have";
  return known.length === 0
    ? { target_modules: allLinear(architecture), issues: [issue(targets.join(","), "all-linear", why)] }
    : { target_modules: known, issues: [issue(targets.join(","), known.join(","), why)] };
};
