import type { Catalog } from "#catalog/popular-catalog.ts";
import { answerGpu } from "./answer-gpu.ts";
import { answerIssues } from "./answer-issues.ts";
import { namedTeacher } from "./asked-teacher.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { chosenArchitecture } from "./chosen-architecture.ts";
import type { Issue } from "./issue.ts";
import { methodScenario } from "./method-scenario.ts";
import { basisOf } from "./card-use.ts";

/** The issues that the answer to these choices has. No method is estimated for them. */
export const issuesOf = (choices: Choices, catalog: Catalog): readonly Issue[] => {
  const gpu = answerGpu(choices.gpu, catalog);
  const architecture = chosenArchitecture(choices, catalog);
  const scenarioOf = methodScenario(choices, catalog);
  const methods = choices.show.map((method) => {
    const scenario = scenarioOf(method);
    // Read only where an issue depends on it: a replay is prepared for it.
    const estimate = {
      get basis() {
        return basisOf(scenario, gpu.traits);
      },
    };
    return { method, scenario, estimate };
  });
  return answerIssues({
    choices,
    model: { architecture },
    gpu,
    methods,
    ...namedTeacher(choices, catalog),
  });
};
