import { inOnePool } from "#calc/card/in-one-pool.ts";
import type { MethodId, Scenario } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { answerGpu } from "./answer-gpu.ts";
import { namedTeacher } from "./asked-teacher.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { chosenArchitecture } from "./chosen-architecture.ts";
import { availableOn } from "./in-use.ts";
import { toScenario } from "./to-scenario.ts";

/** The scenario of each method with these choices, as the engine runs it for the chosen card. */
export const methodScenario = (choices: Choices, catalog: Catalog): ((method: MethodId) => Scenario) => {
  const { model, gpu } = choices;
  const { basis, traits, usableBytes } = answerGpu(gpu, catalog);
  const subject = {
    architecture: chosenArchitecture(choices, catalog),
    statedParameters: model.kind === "size" ? model.params : null,
    card: traits,
    usableBytes: availableOn(choices, usableBytes),
    ...namedTeacher(choices, catalog),
  };
  return (method) => {
    const scenario = toScenario(choices, subject, method);
    return basis.of === "unified" ? inOnePool(scenario) : scenario;
  };
};
