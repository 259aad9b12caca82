// The scenario that a measuring script measures: link, model config, run.

import { assert } from "#calc/base/guards.ts";
import { virtualTokensOf } from "#calc/model/tuners.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { chosenRun, type ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { modelConfig, type ModelConfig } from "./model-config.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import type { Scenario } from "#calc/model/scenario.ts";

/** The method in focus of these choices, with all that decides its memory. */
export const measuredScenario = (choices: Choices, catalog: Catalog): MeasuredScenario => {
  const answer = toAnswer({ ...choices, show: [choices.method] }, catalog);
  const [method] = answer.methods;
  assert(method !== undefined, "the method in focus is answered for");
  const { scenario } = method;
  return {
    link: encodeLink(choices),
    answer,
    method,
    scenario,
    run: chosenRun(choices, catalog),
    config: modelConfig(scenario.architecture, scenario.sequence_length + virtualTokensOf(scenario.method)),
  };
};

/** What a measuring script is made of: the method in focus, with all that decides its memory. */
export type MeasuredScenario = Readonly<{
  /** The link of the row, which the page opens again. */
  link: string;
  answer: Answer;
  method: MethodAnswer;
  scenario: Scenario;
  run: ChosenRun;
  config: ModelConfig;
}>;

/** A program in Python that measures, or why there is none. */
export type MeasuredText = Readonly<{
  /** What the file is called: `measure.py`. */
  name: string;
  /** null: the scenario asks for something that the program cannot do, and which it would measure otherwise. */
  text: string | null;
  /** Why there is none: one sentence each. */
  refused: readonly string[];
  /** Choices that do not go together, and what is measured in their place: one sentence each. */
  instead: readonly string[];
}>;
