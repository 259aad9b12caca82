import type { AccuracyRun, SeenFigure } from "#catalog/accuracy.ts";
import { type ErrorStatistics, errorStatistics } from "./error-statistics.ts";

/** A run with what its allocator was seen to hold. */
export type SeenRun = AccuracyRun & Readonly<{ seen: SeenFigure }>;

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
