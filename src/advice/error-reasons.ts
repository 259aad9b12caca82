import { type Compared, errorFraction, type ErrorStatistics, errorStatistics } from "./error-statistics.ts";

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
