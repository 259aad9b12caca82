import { assert } from "#calc/base/assert.ts";
import type { Fit } from "#calc/model/memory-estimate.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Answer, fitOf } from "#scenario/choices/answer.ts";
import { estimateJson } from "#scenario/choices/estimate-json.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { estimateTable } from "./estimate-table.ts";
import { explainedFigures } from "./explained-figures.ts";
import { linkCommand } from "./link-command.ts";
import { notKnownText } from "./not-known-text.ts";

/** How the method in focus goes on the card, the whole run where more than the step is asked for. A focused method that is not shown counts all the same. */
const fitOfFocus = ({ choices, methods }: Answer): Fit => {
  const isFocus = ({ method }: Answer["methods"][number]): boolean => method === choices.method;
  const focused =
    methods.find(isFocus) ?? toAnswer({ ...choices, show: [choices.method] }, FULL_CATALOG).methods.find(isFocus);
  assert(focused !== undefined, "an answer has the method that it was asked to show");
  return fitOf(focused);
};

const estimateText = (answer: Answer, issues: readonly Issue[]): readonly string[] =>
  answer.notKnown.length > 0 ? notKnownText(answer.choices, issues) : estimateTable(answer, issues);

/** `estimate`: the memory of one or more links. */
export const main = linkCommand({
  name: "estimate",
  purpose: "Says how much GPU memory the fine-tuning that a link describes takes, and whether it fits its card.",
  explains: true,
  answer: ({ value, issues }, as) => {
    const answer = toAnswer(value, FULL_CATALOG);
    const lines =
      as === "json"
        ? [JSON.stringify(estimateJson(answer, issues))]
        : [...estimateText(answer, issues), "", ...(as === "explained" ? explainedFigures(answer) : [])];
    return { lines, fit: answer.notKnown.length > 0 ? "not-known" : fitOfFocus(answer) };
  },
});
