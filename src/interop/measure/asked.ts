import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { ModelConfig } from "./config/model-config.ts";

/** What a measuring script is made of: the method in focus, with all that decides its memory. */
export type Asked = Readonly<{
  /** The link of the row, which the page opens again. */
  link: string;
  answer: Answer;
  method: MethodAnswer;
  scenario: Scenario;
  run: ChosenRun;
  config: ModelConfig;
}>;
