// Architecture of the chosen model with the library's modules, and the modules that its targets select.

import type { Architecture } from "#calc/model/architecture.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { interpolateArchitecture } from "#catalog/interpolate-architecture.ts";
import type { ModelFacts } from "#catalog/rows.ts";
import type { ModelChoice } from "#scenario/keys/values.ts";
import { DEFAULT_CHOICES, type Choices } from "#scenario/keys/choices.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { stackOf } from "./resolve-stack.ts";
import type { Lora } from "#calc/model/scenario.ts";

/** The row of an id, or the default model's where the id is not in this catalog. Every catalog holds the default model. */
export const modelRow = (id: string, { models }: Catalog): ModelFacts => {
  const row = Object.hasOwn(models, id) ? models[id] : undefined;
  const fallback = DEFAULT_CHOICES.model.kind === "catalog" ? models[DEFAULT_CHOICES.model.id] : undefined;
  const found = row ?? fallback;
  if (found === undefined) throw new Error(`The catalog lacks the default model and ${id}.`);
  return found;
};

/** The architecture of the chosen model: its config.json fields, or those of real models of about its size. */
export const modelArchitecture = (model: ModelChoice, catalog: Catalog): Architecture => {
  switch (model.kind) {
    case "catalog":
      return modelRow(model.id, catalog).architecture;
    case "size":
      return interpolateArchitecture(model.params);
    case "architecture":
      return model.architecture;
    default:
      return model satisfies never;
  }
};

/** The architecture of the chosen model, with the modules that the chosen stack makes of it. */
export const chosenArchitecture = (choices: Pick<Choices, "model" | "stack">, catalog: Catalog): Architecture =>
  ENGINE.modelled(modelArchitecture(choices.model, catalog), stackOf(choices).modelling);

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
