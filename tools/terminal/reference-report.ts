import type { RowErrors } from "./reference-errors.ts";
import { MARKS } from "./reference-errors.ts";
import { textTable } from "./text-table.ts";

const PERCENT = 100;
const WORST = 10;

const percent = (fraction: number): string => `${(fraction * PERCENT).toFixed(4)} %`;

/** The smallest error that at least this share of rows does not exceed. */
export const quantile = (errors: readonly RowErrors[], share: number): number => {
  const sizes = errors
    .map(({ peakErrorFraction }) => Math.abs(peakErrorFraction))
    .toSorted((one, other) => one - other);
  return sizes[Math.max(0, Math.ceil(share * sizes.length) - 1)] ?? 0;
};

const exactOf = (errors: readonly RowErrors[]): number => errors.filter(({ peakError }) => peakError === 0).length;

const groupRow = (name: string, errors: readonly RowErrors[]): readonly string[] => [
  name,
  `${errors.length}`,
  `${exactOf(errors)}`,
  `${errors.filter(({ isExactThroughout }) => isExactThroughout).length}`,
  percent(quantile(errors, 1)),
  ...MARKS.map((mark) => `${Math.max(...errors.map(({ marks }) => Math.abs(marks[mark])))}`),
];

const groupsOf = (errors: readonly RowErrors[]): ReadonlyMap<string, readonly RowErrors[]> => {
  const groups = new Map<string, RowErrors[]>();
  for (const each of errors) {
    const name = `${each.modelType} ${each.row.method}`;
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return groups;
};

/** By family and method: rows, exact ones, the largest errors of the peak and of each mark; the ten worst rows; the summary in one line. */
export const reportLines = (errors: readonly RowErrors[]): readonly string[] => {
  const groups = groupsOf(errors);
  const header = ["", "rows", "peak exact", "all exact", "worst peak", ...MARKS.map((mark) => `${mark} B`)];
  const worst = errors
    .filter(({ peakError }) => peakError !== 0)
    .toSorted((one, other) => Math.abs(other.peakErrorFraction) - Math.abs(one.peakErrorFraction))
    .slice(0, WORST);
  return [
    ...textTable([
      header,
      ...[...groups]
        .toSorted(([one], [other]) => one.localeCompare(other))
        .map(([name, group]) => groupRow(name, group)),
    ]),
    "",
    ...(worst.length === 0 ? [] : ["Worst rows:"]),
    ...worst.map(
      ({ row, peakError, peakErrorFraction }) =>
        `${row.id}  ${row.model}  ${row.method}  ${peakError} B  ${percent(peakErrorFraction)}`,
    ),
    summaryLine(errors),
  ];
};

/** `median X % · p95 Y % · max Z % over N rows · E exact` */
export const summaryLine = (errors: readonly RowErrors[]): string =>
  `median ${percent(quantile(errors, 0.5))} · p95 ${percent(quantile(errors, 0.95))} · max ${percent(quantile(errors, 1))} over ${errors.length} rows · ${exactOf(errors)} exact`;
