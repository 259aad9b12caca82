import { ENGINE } from "#calc/whole-engine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { modelArchitecture } from "./model-architecture.ts";
import { stackOf } from "./resolve-stack.ts";

/** The architecture of the chosen model, with the modules that the chosen stack makes of it. */
export const chosenArchitecture = (choices: Pick<Choices, "model" | "stack">, catalog: Catalog): Architecture =>
  ENGINE.modelled(modelArchitecture(choices.model, catalog), stackOf(choices).modelling);
