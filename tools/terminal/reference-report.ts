import { quantile } from "#advice/error-statistics.ts";
import { type NamedRow, type RowErrors, MARKS } from "./reference-errors.ts";
import { textTable } from "#package/terminal-text.ts";

const PERCENT = 100;
const WORST = 10;

/** A share of 1, in percent. */
const percent = (fraction: number): string => `${(fraction * PERCENT).toFixed(4)} %`;

const exactOf = (errors: readonly RowErrors<NamedRow>[]): number =>
  errors.filter(({ peakError }) => peakError === 0).length;

const groupRow = (name: string, errors: readonly RowErrors<NamedRow>[], hasRuns: boolean): readonly string[] => [
  name,
  `${errors.length}`,
  `${exactOf(errors)}`,
  `${errors.filter(({ isExactThroughout }) => isExactThroughout).length}`,
  percent(
    quantile(
      errors.map(({ peakErrorFraction }) => peakErrorFraction),
      1,
    ),
  ),
  ...MARKS.map((mark) => `${Math.max(...errors.map(({ marks }) => Math.abs(marks[mark])))}`),
  ...(hasRuns ? [`${Math.max(...errors.map(({ runError = 0 }) => runError))}`] : []),
];

const groupsOf = (errors: readonly RowErrors<NamedRow>[]): ReadonlyMap<string, readonly RowErrors<NamedRow>[]> => {
  const groups = new Map<string, RowErrors<NamedRow>[]>();
  for (const each of errors) {
    const name = `${each.modelType} ${each.row.method}`;
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return groups;
};

/** By family and method: rows, exact ones, the largest errors of the peak and of each mark, and of moments outside the step where there are such; the ten worst rows. */
export const reportLines = (errors: readonly RowErrors<NamedRow>[]): readonly string[] => {
  const groups = groupsOf(errors);
  const hasRuns = errors.some(({ runError }) => runError !== undefined);
  const marks = [...MARKS, ...(hasRuns ? ["run"] : [])].map((mark) => `${mark} B`);
  const header = ["", "rows", "peak exact", "all exact", "worst peak", ...marks];
  const worst = errors
    .filter(({ peakError }) => peakError !== 0)
    .toSorted((one, other) => Math.abs(other.peakErrorFraction) - Math.abs(one.peakErrorFraction))
    .slice(0, WORST);
  return [
    ...textTable([
      header,
      ...[...groups]
        .toSorted(([one], [other]) => one.localeCompare(other, "en"))
        .map(([name, group]) => groupRow(name, group, hasRuns)),
    ]),
    "",
    ...(worst.length === 0 ? [] : ["Worst rows:"]),
    ...worst.map(
      ({ row, peakError, peakErrorFraction }) =>
        `${row.id}  ${row.model}  ${row.method}  ${peakError} B  ${percent(peakErrorFraction)}`,
    ),
  ];
};

/** `median X % · p95 Y % · max Z % over N rows · E exact`, of errors as fractions. */
export const summaryLine = (fractions: readonly number[]): string => {
  const exact = fractions.filter((fraction) => fraction === 0).length;
  const [median, p95, max] = [0.5, 0.95, 1].map((share) => percent(quantile(fractions, share)));
  return `median ${median} · p95 ${p95} · max ${max} over ${fractions.length} rows · ${exact} exact`;
};
