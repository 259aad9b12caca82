// Error statistics of predictions against measured runs: median, 90th percentile, worst, by group and by cause.

import type { AccuracyRun, SeenFigure } from "#catalog/accuracy.ts";

/** The smallest absolute value that at least this share of values does not exceed (nearest rank); 0 of none. */
export const quantile = (values: readonly number[], share: number): number => {
  const sizes = values.map(Math.abs).toSorted((one, other) => one - other);
  return sizes[Math.max(0, Math.ceil(share * sizes.length) - 1)] ?? 0;
};

/** A prediction beside what was measured, in bytes. */
export type Compared = Readonly<{ predictedBytes: number; measuredBytes: number }>;

/** How far a set of predictions is off. */
export type ErrorStatistics = Readonly<{ runs: number; median: number; p90: number; worst: number }>;

const P90 = 0.9;

/** (predicted − measured) / measured: above zero predicts too much. */
export const errorFraction = ({ predictedBytes, measuredBytes }: Compared): number =>
  measuredBytes === 0 ? 0 : predictedBytes / measuredBytes - 1;

/** Median and 90th percentile of the sizes of errors, and the largest error with its sign; zeros of none. */
export const errorStatistics = (runs: readonly Compared[]): ErrorStatistics => {
  const errors = runs.map(errorFraction);
  return {
    runs: runs.length,
    median: quantile(errors, 1 / 2),
    p90: quantile(errors, P90),
    worst: errors.reduce((worst, error) => (Math.abs(error) > Math.abs(worst) ? error : worst), 0),
  };
};

/** The statistics of each group of runs, by its name, alphabetically. */
export const statisticsBy = <Run extends Compared>(
  runs: readonly Run[],
  nameOf: (run: Run) => string,
): readonly Readonly<{ name: string } & ErrorStatistics>[] => {
  const groups = new Map<string, Run[]>();
  for (const run of runs) groups.set(nameOf(run), [...(groups.get(nameOf(run)) ?? []), run]);
  return [...groups]
    .map(([name, group]) => ({ name, ...errorStatistics(group) }))
    .toSorted((one, other) => one.name.localeCompare(other.name, "en"));
};

/** Below this an error is of the size of measuring the same run twice. */
const NOTABLE_FRACTION = 0.05;

type Reasoned = Compared & Readonly<{ reason: string | null }>;

/** Where predictions are off by more than 5 %: by what is known to cause it, the most frequent first. */
export const errorReasons = (runs: readonly Reasoned[]): readonly Readonly<{ reason: string } & ErrorStatistics>[] => {
  const notable = runs.filter((run) => Math.abs(errorFraction(run)) > NOTABLE_FRACTION);
  const reasons = [...new Set(notable.map(({ reason }) => reason))];
  return reasons
    .map((reason) => ({
      reason: reason ?? "Not known",
      ...errorStatistics(notable.filter((run) => run.reason === reason)),
    }))
    .toSorted((one, other) => other.runs - one.runs || one.reason.localeCompare(other.reason, "en"));
};

/** A run with what its allocator was seen to hold. */
type SeenRun = AccuracyRun & Readonly<{ seen: SeenFigure }>;

const isSeen = (run: AccuracyRun): run is SeenRun => run.seen !== null;

/** Runs of one source that gives one figure of them, predicted in one way: in means, and how far what is seen is off. */
export type SeenSource = Readonly<
  Pick<SeenFigure, "metric" | "measuredBytes" | "seenBytes" | "neededBytes" | "by"> & { source: string }
> &
  ErrorStatistics;

const meanOf = (figures: readonly SeenFigure[], bytesOf: (figure: SeenFigure) => number): number =>
  figures.reduce((sum, figure) => sum + bytesOf(figure), 0) / figures.length;

const sourceOf = ({ source, seen: { by, metric } }: SeenRun, runs: readonly SeenRun[]): SeenSource => {
  const figures = runs
    .filter((run) => run.source === source && run.seen.by === by && run.seen.metric === metric)
    .map(({ seen }) => seen);
  return {
    source,
    metric,
    by,
    measuredBytes: meanOf(figures, ({ measuredBytes }) => measuredBytes),
    seenBytes: meanOf(figures, ({ seenBytes }) => seenBytes),
    neededBytes: meanOf(figures, ({ neededBytes }) => neededBytes),
    ...errorStatistics(figures.map(({ seenBytes, measuredBytes }) => ({ predictedBytes: seenBytes, measuredBytes }))),
  };
};

/** The sources of runs whose allocator was seen, each with its means and errors: what is replayed first, then what follows the rule, by name. */
export const seenSources = (runs: readonly AccuracyRun[]): readonly SeenSource[] => {
  const seen = runs.filter(isSeen);
  const nameOf = ({ source, seen: { by, metric } }: SeenRun): string => `${by} ${source} ${metric}`;
  const first = new Map(seen.toReversed().map((run) => [nameOf(run), run]));
  return [...first].toSorted(([one], [other]) => one.localeCompare(other, "en")).map(([, run]) => sourceOf(run, seen));
};
