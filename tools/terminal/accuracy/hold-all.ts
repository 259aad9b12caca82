import type { AccuracyResult } from "../accuracy-report.ts";
import type { FitResult } from "../fit-report.ts";
import { readFitFacts } from "./fit-fact.ts";
import { holdFact, holdMeasured } from "./held-fit.ts";
import { holdRun } from "./held-run.ts";
import { leftOutRow } from "./left-out-run.ts";
import { readMeasuredRuns } from "./measured-run.ts";

/** The measured runs of a file against their predictions. */
export const holdRuns = (data: string): AccuracyResult => {
  const { rows, refused } = readMeasuredRuns(data);
  const all = rows.map(holdRun);
  return {
    held: all.filter((each) => "estimate" in each),
    leftOut: [...refused.map(leftOutRow), ...all.filter((each) => "why" in each)],
  };
};

/** The facts of one file, and the measured runs of another, which all ran, against what is predicted to go on their cards. */
export const holdFits = (facts: string, data: string): FitResult => {
  const [read, runs] = [readFitFacts(facts), readMeasuredRuns(data)];
  const all = [...read.rows.map(holdFact), ...runs.rows.map(holdMeasured)];
  return {
    held: all.filter((each) => "kind" in each),
    leftOut: [...[...read.refused, ...runs.refused].map(leftOutRow), ...all.filter((each) => "why" in each)],
  };
};
