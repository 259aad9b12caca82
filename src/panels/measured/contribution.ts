import { formatGib } from "#format/bytes.ts";
import type { MeasuredRow } from "#interop/measured/measured-row.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { dayOf, rowFigures } from "./row-words.ts";

/** A row as a file: one JSON object in one line. */
export const rowText = (row: MeasuredRow): string => `${JSON.stringify(row)}\n`;

/** "headroom-measured-lora-2026-11-29.json". */
export const rowFileName = (row: MeasuredRow, { method }: MethodAnswer): string =>
  `headroom-measured-${method}-${row.at.slice(0, 10)}.json`;

const figureRows = (row: MeasuredRow, answer: MethodAnswer): readonly string[] => {
  const figures = rowFigures(row, answer);
  if (figures.length === 0) return [];
  // A run that ended early has not come to what is predicted of a whole step.
  const measured = row.outcome === "ran" ? "measured" : "measured until memory ran out";
  return [
    `| GiB | ${measured} | predicted${row.outcome === "ran" ? "" : " of a whole step"} |`,
    "| --- | ---: | ---: |",
    ...figures.map(
      ({ metric, measuredBytes, predictedBytes }) =>
        `| ${metric} | ${formatGib(measuredBytes)} | ${formatGib(predictedBytes)} |`,
    ),
    "",
  ];
};

/** The text of an issue that contributes a row: its title in the first line, what was measured and predicted, and the row as it is to stand in the folder. */
export const contributionText = (row: MeasuredRow, method: MethodAnswer, { model }: PageAnswer): string =>
  [
    `Measured: ${METHOD_NAMES[method.method].label} of ${model.name} on ${row.device?.name ?? "a CPU"}${row.outcome === "ran" ? "" : ", out of memory"}`,
    "",
    `Measured on ${dayOf(row)} with the script of this scenario: \`${row.link}\``,
    "",
    ...figureRows(row, method),
    `The row, for \`tests/golden/contributed/${rowFileName(row, method)}\`:`,
    "",
    "```json",
    rowText(row).trimEnd(),
    "```",
    "",
  ].join("\n");
