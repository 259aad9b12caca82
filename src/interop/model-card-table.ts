// Markdown table for a model card: memory and smallest GPU of each method.

import type { MethodId } from "#calc/model/scenario.ts";
import { formatGib } from "#format/bytes.ts";
import { plainSpaces } from "#format/numbers.ts";
import { inMarkdown, markdownLink, markdownRow } from "./memory-table.ts";
import { type Answer, fitOf, scenarioLine } from "#scenario/choices/answer.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { badgeOf, smallestGpuWords } from "./badge.ts";

/** A method on its smallest card; null where no number of any card is enough. */
export type ModelCardRow = Readonly<{ method: MethodId; answer: Answer | null }>;

/** What stands around the rows. */
export type ModelCardWith = Readonly<{
  /** The scenario that the rows are of, on whatever card. */
  scenario: Pick<Answer, "model" | "choices">;
  /** The address of a calculator, before the `?` of links; null: there is no column of links. */
  page: string | null;
}>;

const figuresOf = (answer: Answer | null): readonly [string, string] => {
  const [run] = answer?.methods ?? [];
  if (answer === null || run === undefined) return ["–", "no card is enough"];
  const tight = fitOf(run) === "tight" ? ", may not fit" : "";
  return [formatGib((run.run?.worst ?? run.estimate).onCardBytes), `${smallestGpuWords(answer)}${tight}`];
};

const linkOf = (answer: Answer | null, page: string): string => {
  const badge = answer === null ? null : badgeOf(answer, "smallest");
  return badge === null ? "" : markdownLink("open", `${page}${badge.link}`);
};

/**
 * A table for a model card in Markdown: what each method needs in GiB, on each card where several share it, the smallest card that holds it, and the link to
 * that very run. Under it stands what the figures are of.
 */
export const modelCardTable = (rows: readonly ModelCardRow[], { scenario, page }: ModelCardWith): string => {
  const links = page !== null;
  return [
    markdownRow(["Fine-tuning", "GiB per GPU", "Smallest GPU", ...(links ? ["Scenario"] : [])]),
    markdownRow(["---", "---:", "---", ...(links ? ["---"] : [])]),
    ...rows.map(({ method, answer }) =>
      markdownRow([
        METHOD_NAMES[method].label,
        ...figuresOf(answer).map(inMarkdown),
        ...(page === null ? [] : [linkOf(answer, page)]),
      ]),
    ),
    "",
    `${inMarkdown(scenarioLine(scenario))} tokens. What each GPU needs, counted by Headroom and not measured. Smallest: as few as do of the NVIDIA cards that people have or rent, then the one with the least memory.`,
    "",
  ]
    .map(plainSpaces)
    .join("\n");
};
