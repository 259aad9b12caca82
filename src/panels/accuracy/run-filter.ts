import type { AccuracyGroup, AccuracyMetric, AccuracyRun } from "#catalog/accuracy.ts";
import type { MethodId } from "#calc/model/scenario.ts";

/** Which runs are looked at together. */
export type RunsShown = "exact" | "transformers" | "several" | "cap" | "objectives" | "ahead" | "contributed" | "all";

/** What the reader asked to see. */
export type RunFilter = Readonly<{
  runs: RunsShown;
  /** A stack's id, or `all`. */
  stack: string;
  method: MethodId | "all";
  metric: AccuracyMetric | "all";
}>;

/** Runs whose error says most: one GPU, exact tokens. */
export const FIRST_FILTER: RunFilter = { runs: "exact", stack: "all", method: "all", metric: "all" };

const GROUPS: Readonly<Record<Exclude<RunsShown, "all">, readonly AccuracyGroup[]>> = {
  exact: ["transformers", "other"],
  transformers: ["transformers"],
  several: ["several"],
  cap: ["cap", "inexact"],
  objectives: ["objectives"],
  ahead: ["ahead"],
  contributed: ["contributed"],
};

const matches = (asked: string, value: string): boolean => asked === "all" || asked === value;

/** The runs that a filter lets through. */
export const filterRuns = (runs: readonly AccuracyRun[], filter: RunFilter): readonly AccuracyRun[] =>
  runs.filter(
    ({ group, stack, method, metric }) =>
      (filter.runs === "all" || GROUPS[filter.runs].includes(group)) &&
      matches(filter.stack, stack) &&
      matches(filter.method, method) &&
      matches(filter.metric, metric),
  );
