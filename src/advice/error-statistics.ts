import { quantile } from "./quantile.ts";

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
