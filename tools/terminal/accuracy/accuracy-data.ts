import type { Accuracy, AccuracyMetric, AccuracyRun, FitMiss, SeenFigure } from "#catalog/accuracy.ts";
import { formatCount } from "#format/numbers.ts";
import { OBJECTIVE_NAMES } from "#scenario/words/names.ts";
import { type AccuracyResult, accuracySummary, aheadSummary, objectivesSummary } from "../accuracy-report.ts";
import { type FitResult, fitSummary } from "../fit-report.ts";
import { contributedRuns, type HeldRow } from "./contributed.ts";
import { type HeldFit, missSide } from "./held-fit.ts";
import { type HeldRun, sideOf } from "./held-run.ts";
import type { LeftOutRun } from "./left-out-run.ts";
import { knownReason } from "./known-reason.ts";
import { measuredPairs } from "./measured-pairs.ts";
import type { MeasuredRun, MetricClass } from "./measured-run.ts";
import { runGroup } from "./run-group.ts";
import { objectiveOf } from "./run-objective.ts";
import { type SeenRun, seenRun } from "./seen-run.ts";
import { sourceUrl } from "./source-url.ts";

const METRICS: Readonly<Record<MetricClass, AccuracyMetric>> = {
  allocated: "allocated",
  active: "active",
  "active?": "active",
  reserved: "reserved",
  "nvidia-smi": "nvidia-smi",
  dashboard: "not named",
  unknown: "not named",
};

const conditionsOf = (run: MeasuredRun): string => {
  const bound = run.seq_len_kind === "cap" ? "at most " : "";
  const tokens = run.seq_len === null ? "" : ` × ${bound}${formatCount(run.seq_len)} tokens`;
  const objective = objectiveOf(run);
  return [
    ...(objective === "sft" ? [] : [OBJECTIVE_NAMES[objective]]),
    `batch ${run.micro_batch_size}${tokens}`,
    ...(run.lora_rank === null ? [] : [`rank ${run.lora_rank}`]),
    run.num_gpus > 1 ? `${run.num_gpus} × ${run.gpu}, ${run.parallelism}` : run.gpu,
    ...(run.grad_checkpointing === false ? ["no checkpointing"] : []),
  ].join(", ");
};

const seenFigure = ({ metric, measuredBytes, ruleBytes, replayedBytes, neededBytes }: SeenRun): SeenFigure => ({
  metric,
  measuredBytes: Math.round(measuredBytes),
  seenBytes: replayedBytes ?? ruleBytes,
  neededBytes: Math.round(neededBytes),
  by: replayedBytes === null ? "rule" : "replay",
});

const dataRun = (held: HeldRun): AccuracyRun => {
  const { run, choices, predictedBytes, measuredBytes, errorFraction, link } = held;
  const seen = seenRun(held);
  return {
    id: run.id,
    source: run.source,
    model: run.model,
    method: run.method,
    stack: choices.stack,
    framework: run.framework,
    group: runGroup(run),
    metric: METRICS[run.metric_class],
    conditions: conditionsOf(run),
    measuredBytes: Math.round(measuredBytes),
    predictedBytes,
    seen: seen && seenFigure(seen),
    reason: knownReason(run, sideOf({ errorFraction })),
    link,
  };
};

/** A run that was gathered before its rules; one without exact tokens is in the group of such runs. */
const aheadRun = (held: HeldRun): AccuracyRun => {
  const run = dataRun(held);
  return held.run.seq_len_kind === "exact" ? { ...run, group: "ahead" } : run;
};

const dataMiss = ({ run, kind, fit, onCard, usableBytes, tokens, link }: HeldFit): FitMiss => ({
  id: run.id,
  model: run.model,
  method: run.method,
  kind,
  fit,
  onCardBytes: onCard.onCardBytes,
  by: onCard.basis,
  usableBytes,
  tokens: tokens === null ? null : { predicted: tokens, published: run.seq_len ?? 0 },
  reason: knownReason(run, missSide({ kind, tokens, run })),
  link,
});

/** How often each value of a list is there, the most frequent first. */
const counted = (values: readonly string[]): readonly (readonly [string, number])[] => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(([one, many], [other, more]) => more - many || one.localeCompare(other, "en"));
};

/** Runs and facts that were held against predictions; `ahead`, runs that were gathered before the rules for what they do; `objectives`, those that train for something else than fine-tuning. */
type AllHeld = Readonly<{
  accuracy: AccuracyResult;
  fit: FitResult;
  ahead: AccuracyResult;
  objectives?: AccuracyResult;
  /** Rows that readers measured with a scenario's script. */
  contributed?: readonly HeldRow[];
}>;

/** What the accuracy page shows, of measured runs and of facts held against predictions. */
export const accuracyData = ({
  accuracy,
  fit,
  ahead,
  objectives = { held: [], leftOut: [] },
  contributed = [],
}: AllHeld): Accuracy => {
  const leftOut: readonly LeftOutRun[] = [accuracy, fit, ahead, objectives].flatMap((result) => result.leftOut);
  const all = [...accuracy.held, ...ahead.held, ...objectives.held];
  const once = new Map(leftOut.map((each) => [each.run.id, each]));
  return {
    summary: accuracySummary(accuracy.held),
    fitSummary: fitSummary(fit),
    aheadSummary: aheadSummary(ahead.held),
    objectivesSummary: objectivesSummary(objectives.held),
    runs: [
      ...accuracy.held.map(dataRun),
      ...ahead.held.map(aheadRun),
      ...objectives.held.map(dataRun),
      ...contributedRuns(contributed),
    ],
    fitMisses: fit.held.filter(({ isHit }) => !isHit).map(dataMiss),
    notMapped: counted([...once.values()].map(({ why }) => why)).map(([why, rows]) => ({ why, rows })),
    pairs: measuredPairs(accuracy.held.map(({ run }) => run)),
    sources: counted(all.map(({ run }) => run.source)).map(([name, rows]) => ({
      name,
      url: sourceUrl(name),
      rows,
    })),
  };
};

/** As the file has it: a run a line, so that a change of one number is a change of one line. */
export const accuracyText = (data: Accuracy): string =>
  `{${Object.entries(data)
    .map(([key, value]) =>
      Array.isArray(value)
        ? `${JSON.stringify(key)}:[\n${value.map((row) => JSON.stringify(row)).join(",\n")}\n]`
        : `${JSON.stringify(key)}:${JSON.stringify(value)}`,
    )
    .join(",\n")}}\n`;
