// Filters of the measured runs on the accuracy page.

import type { ReactElement } from "react";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import type { AccuracyRun, AccuracyGroup, AccuracyMetric } from "#catalog/accuracy.ts";
import styles from "./AccuracyView.module.css";
import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import type { Option } from "#ui/Field.tsx";
import { Select } from "#ui/Select.tsx";
import { stackName } from "./published-run.ts";

const RUNS: readonly Option<RunsShown>[] = [
  { value: "exact", label: "One GPU, exact tokens" },
  { value: "transformers", label: "Transformers only, allocated" },
  { value: "several", label: "Several GPUs" },
  { value: "cap", label: "Only an upper bound of tokens" },
  { value: "objectives", label: "Other objectives than SFT" },
  { value: "ahead", label: "Gathered before their rules" },
  { value: "all", label: "All" },
];

const CONTRIBUTED: Option<RunsShown> = { value: "contributed", label: "Contributed by readers" };

/** Contributed runs can be chosen where there are some. */
const runOptions = (runs: readonly AccuracyRun[]): readonly Option<RunsShown>[] =>
  runs.some(({ group }) => group === "contributed") ? [...RUNS, CONTRIBUTED] : RUNS;

const optionsOf = <Value extends string>(
  values: readonly Value[],
  labelOf: (value: Value) => string,
): readonly Option<Value | "all">[] => [
  { value: "all", label: "All" },
  ...[...new Set(values)].map((value) => ({ value, label: labelOf(value) })),
];

type AccuracyFiltersProps = Readonly<{
  runs: readonly AccuracyRun[];
  filter: RunFilter;
  onChange: (filter: RunFilter) => void;
}>;

/** Which runs are shown: by their kind, training library, method and what was measured. */
export const AccuracyFilters = ({ runs, filter, onChange }: AccuracyFiltersProps): ReactElement => (
  <div className={styles.filters}>
    <Select
      label="Runs"
      options={runOptions(runs)}
      value={filter.runs}
      onChange={(shown) => onChange({ ...filter, runs: shown })}
    />
    <Select
      label="Stack"
      options={optionsOf(runs.map(({ stack }) => stack).toSorted(), stackName)}
      value={filter.stack}
      onChange={(stack) => onChange({ ...filter, stack })}
    />
    <Select
      label="Method"
      options={optionsOf(METHODS, (method) => METHOD_NAMES[method].label)}
      value={filter.method}
      onChange={(method) => onChange({ ...filter, method })}
    />
    <Select
      label="What was measured"
      options={optionsOf(
        runs.map(({ metric }) => metric),
        (metric) => metric,
      )}
      value={filter.metric}
      onChange={(metric) => onChange({ ...filter, metric })}
    />
  </div>
);

/** Which runs are looked at together. */
type RunsShown = "exact" | "transformers" | "several" | "cap" | "objectives" | "ahead" | "contributed" | "all";

/** What the reader asked to see. */
type RunFilter = Readonly<{
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
