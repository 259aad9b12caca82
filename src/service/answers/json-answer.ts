import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type EstimateJson, estimateJson } from "#scenario/choices/estimate-json.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

type Asked = Readonly<{
  choices: Choices;
  /** What was wrong with the link that brought them. */
  issues: readonly Issue[];
}>;

/** The answer as `estimate --json` prints it. */
export const jsonAnswer = ({ choices, issues }: Asked, catalog: Catalog): EstimateJson =>
  estimateJson(toAnswer(choices, catalog), issues);
