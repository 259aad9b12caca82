import { type Compared, errorStatistics } from "#advice/error-statistics.ts";
import type { Accuracy, AccuracyGroup } from "#catalog/accuracy.ts";
import { formatPercent } from "#format/numbers.ts";

const GROUPS: readonly Readonly<{ group: AccuracyGroup; name: string }>[] = [
  { group: "transformers", name: "transformers on one GPU, allocated bytes" },
  { group: "other", name: "other libraries and metrics, one GPU" },
  { group: "several", name: "several GPUs" },
  { group: "objectives", name: "GRPO and DPO, whole steps of TRL" },
  { group: "ahead", name: "Axolotl and 4-bit experts, gathered before their rules" },
];

/** Groups whose reserved bytes are in no row. */
const APART: readonly AccuracyGroup[] = ["ahead", "objectives", "contributed"];

/** Named only where there are some. */
const CONTRIBUTED = "contributed, measured with the script of their scenario";

const [START, END] = ["<!-- accuracy: npm run accuracy-page -->\n", "\n<!-- end of accuracy -->"];

const HEAD = ["published runs", "number", "median error", "nine in ten within"] as const;

const rowOf = (name: string, compared: readonly Compared[]): readonly string[] => {
  const { runs, median, p90 } = errorStatistics(compared);
  return [name, `${runs}`, formatPercent(median), formatPercent(p90)].map((cell) => cell.replaceAll("\u00a0", " "));
};

/** What the allocator was seen to hold, where it can be replayed, on one GPU and on several. */
const seenRows = ({ runs }: Accuracy): readonly (readonly string[])[] =>
  [false, true].map((isSeveral) =>
    rowOf(
      `reserved and nvidia-smi, ${isSeveral ? "several GPUs" : "one GPU"}, allocator replayed`,
      runs.flatMap(({ seen, group }) =>
        seen?.by === "replay" && !APART.includes(group) && (group === "several") === isSeveral
          ? [{ predictedBytes: seen.seenBytes, measuredBytes: seen.measuredBytes }]
          : [],
      ),
    ),
  );

const contributedTableRows = ({ runs }: Accuracy): readonly (readonly string[])[] => {
  const contributed = runs.filter(({ group }) => group === "contributed");
  return contributed.length === 0 ? [] : [rowOf(CONTRIBUTED, contributed)];
};

const rowsOf = (data: Accuracy): readonly (readonly string[])[] => [
  ...GROUPS.map(({ group, name }) =>
    rowOf(
      name,
      data.runs.filter((run) => run.group === group),
    ),
  ),
  ...seenRows(data),
  ...contributedTableRows(data),
];

/** A table of Markdown with columns of one width, as the formatter leaves it. */
const markdownTable = (rows: readonly (readonly string[])[]): string => {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[], filler: string): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width, filler)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head, " "), line([], "-"), ...body.map((row) => line(row, " "))].join("\n");
};

/** README.md with the table of errors between its two marks made anew. */
export const withAccuracyTable = (readme: string, data: Accuracy): string => {
  const [before, rest] = readme.split(START);
  const after = rest?.slice(rest.indexOf(END));
  if (before === undefined || after === undefined || rest?.includes(END) !== true)
    throw new Error("README.md has no marks for the table of accuracy.");
  return `${before}${START}\n${markdownTable([HEAD, ...rowsOf(data)])}\n${after}`;
};
