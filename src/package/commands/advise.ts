import { advise } from "#advice/advise.ts";
import { runThrough } from "#advice/run-through.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { adviseJson, noAdviceJson } from "#package/advise-json.ts";
import { adviseTable } from "./advise-table.ts";
import { notKnownJson } from "#package/not-known.ts";
import { linkCommand } from "./link-command.ts";
import { notKnownText } from "./not-known-text.ts";

/** `advise`: what follows from one or more links. */
export const main = linkCommand({
  name: "advise",
  purpose: `Says what to change so that the fine-tuning of a link fits its card, what each change saves and costs, how large batch, sequence,
rank and model may be, and the smallest card for each method.`,
  answer: ({ value, issues }, as) => {
    if (notKnownJson(value).notKnown !== null)
      return {
        lines: as === "json" ? [JSON.stringify(noAdviceJson(value, issues))] : [...notKnownText(value, issues), ""],
        fit: "not-known",
      };
    const advice = runThrough(advise(value, FULL_CATALOG));
    const lines =
      as === "json"
        ? [JSON.stringify(adviseJson(advice, issues))]
        : [...issues.map(({ message }) => `! ${message}`), ...adviseTable(advice), ""];
    return { lines, fit: advice.start.card.fit };
  },
});
