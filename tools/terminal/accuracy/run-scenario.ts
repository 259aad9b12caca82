import type { MethodId, Scenario } from "#calc/model/scenario.ts";
import { TRAITS_OF_ANY } from "#catalog/card-traits.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { answerTargets } from "#scenario/choices/answer-targets.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";
import { toScenario } from "#scenario/choices/to-scenario.ts";

/** The scenario of a run's choices, as the page makes it of a link. */
export const runScenario = (choices: Choices, method: MethodId): Scenario => {
  const architecture = chosenArchitecture(choices, FULL_CATALOG);
  const target_modules = answerTargets(choices.targets, architecture);
  return toScenario(choices, { architecture, statedParameters: null, target_modules, card: TRAITS_OF_ANY }, method);
};
