// Choices of an answer that do not go together, and the values used instead.

import type { RefusedDivision } from "#calc/model/division.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import type { Answer, AnswerModel, MethodAnswer } from "./answer.ts";
import { refusedChoices } from "./rules/refusals.ts";
import { NO_REPLAY_WORDS, type Based, noReplayReason } from "./no-replay.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { answerGpu } from "./chosen-gpu.ts";
import { namedTeacher } from "./teacher-model.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { chosenArchitecture } from "./chosen-model.ts";
import { methodScenario } from "./method-scenario.ts";
import { estimateBasis } from "./gpu-memory.ts";

/** A choice that does not go with the others, and what is used in its place, if anything is. */
const ignoredHere = ({ key, value, used, why }: RefusedDivision): Issue => ({
  code: "ignored-here",
  key,
  value,
  used,
  message: `${key}=${value} ${why}; ${used === "" ? "it is left out" : `${key}=${used} is used`}.`,
});

/** The part of an answer that its issues follow from. */
type Questioned = Pick<Answer, "choices" | "gpu" | "teacher"> &
  Readonly<{
    model: Pick<AnswerModel, "architecture">;
    methods: readonly (Based & Pick<MethodAnswer, "method">)[];
  }>;

/** The reason that allocator settings have no effect; null if the allocator is replayed for at least one method. */
const whyNotReplayed = ({ gpu, methods }: Questioned): string | null => {
  const reasons = methods.map((method) => noReplayReason(method, gpu));
  const [first = null] = reasons;
  return first === null || reasons.includes(null) ? null : NO_REPLAY_WORDS[first].ofKey;
};

/** Choices of an answer that do not go together, whatever the link looked like, and what is used instead. */
export const answerIssues = (answer: Questioned): readonly Issue[] => {
  const { choices, gpu, teacher, model, methods } = answer;
  const subject = {
    architecture: model.architecture,
    isUnified: gpu.basis.of === "unified",
    whyNotReplayed: () => whyNotReplayed(answer),
    ...(teacher && { teacher }),
  };
  return refusedChoices(choices, subject, methods).map(ignoredHere);
};

/** The issues that the answer to these choices has. No method is estimated for them. */
export const issuesOfChoices = (choices: Choices, catalog: Catalog): readonly Issue[] => {
  const gpu = answerGpu(choices.gpu, catalog);
  const architecture = chosenArchitecture(choices, catalog);
  const scenarioOf = methodScenario(choices, catalog);
  const methods = choices.show.map((method) => {
    const scenario = scenarioOf(method);
    // Read only where an issue depends on it: a replay is prepared for it.
    const estimate = {
      get basis() {
        return estimateBasis(scenario, gpu.traits);
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
