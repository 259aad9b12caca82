import { type Compared, errorStatistics, statisticsBy } from "#advice/error-statistics.ts";
import { onceForEach } from "#calc/base/caches.ts";
import { type HeldRun, sideOf } from "./accuracy/held-run.ts";
import { measuredPairs } from "./accuracy/measured-pairs.ts";
import type { LeftOutRun } from "./accuracy/left-out-run.ts";
import { knownReason } from "./accuracy/known-reason.ts";
import { runGroup } from "./accuracy/run-group.ts";
import { objectiveOf } from "./accuracy/run-objective.ts";
import { seenRun } from "./accuracy/seen-run.ts";
import { gib, percent, signed } from "./error-figures.ts";
import { replayedRuns, seenLines } from "./seen-report.ts";
import { textTable } from "#package/terminal-text.ts";

const WORST = 20;
/** An error above this is explained, whatever the run. */
const FAR = 0.15;
/** `median X % · p90 Y %` */
const medianAndP90 = (runs: readonly Compared[]): string => {
  const { median, p90 } = errorStatistics(runs);
  return `median ${percent(median)} · p90 ${percent(p90)}`;
};

/** `median X % · p90 Y % · N rows with exact tokens` */
const exactSummary = (held: readonly HeldRun[]): string => {
  const exact = held.filter(({ run }) => run.seq_len_kind === "exact");
  return `${medianAndP90(exact)} · ${exact.length} rows with exact tokens`;
};

const tableBy = (title: string, runs: readonly HeldRun[], nameOf: (held: HeldRun) => string): readonly string[] => [
  ...textTable([
    [title, "rows", "median", "p90", "worst"],
    ...statisticsBy(runs, nameOf).map(({ name, runs: rows, median, p90, worst }) => [
      name,
      `${rows}`,
      percent(median),
      percent(p90),
      signed(worst),
    ]),
  ]),
  "",
];

/** The largest error first. */
const sorted = (runs: readonly HeldRun[]): readonly HeldRun[] =>
  runs.toSorted((one, other) => Math.abs(other.errorFraction) - Math.abs(one.errorFraction));

const reasonLines = (title: string, runs: readonly HeldRun[]): readonly string[] =>
  runs.length === 0
    ? []
    : [
        title,
        ...runs.map(
          ({ run, predictedBytes, measuredBytes, errorFraction }) =>
            `  ${run.id}  ${signed(errorFraction)}  ${gib(predictedBytes)} for ${gib(measuredBytes)} GiB  ${knownReason(run, sideOf({ errorFraction })) ?? "reason not known"}`,
        ),
        "",
      ];

const farOff = (runs: readonly HeldRun[]): readonly HeldRun[] =>
  sorted(runs).filter(({ errorFraction }) => Math.abs(errorFraction) > FAR);

/** Rows that make no run, each with why. */
export const leftOutLines = (leftOut: readonly LeftOutRun[]): readonly string[] =>
  leftOut.length === 0
    ? []
    : [`${leftOut.length} rows not mapped:`, ...leftOut.map(({ run, why }) => `  ${run.id}  ${why}`), ""];

/** Whether a prediction is no less than what a run took that had at most so many tokens. */
const isAbove = ({ predictedBytes, measuredBytes }: HeldRun): boolean => predictedBytes >= measuredBytes;

const capLines = (runs: readonly HeldRun[]): readonly string[] =>
  runs.length === 0
    ? []
    : [
        `${runs.filter(isAbove).length} of ${runs.length} rows with an upper bound of tokens are predicted at or above their measurement:`,
        ...runs
          .filter((held) => !isAbove(held))
          .map(({ run, errorFraction }) => `  ${run.id}  ${signed(errorFraction)}`),
        "",
      ];

const pairLines = (runs: readonly HeldRun[]): readonly string[] => {
  const all = measuredPairs(runs.map(({ run }) => run));
  return all.length === 0
    ? []
    : [
        ...textTable([
          ["Measured pairs", "pairs", "least", "median", "most"],
          ...all.map(({ name, pairs, least, median, most }) => [
            name,
            `${pairs}`,
            ...[least, median, most].map((ratio) => ratio.toFixed(2)),
          ]),
        ]),
        "",
      ];
};

/** Runs and what became of them, as the command prints them. */
export type AccuracyResult = Readonly<{ held: readonly HeldRun[]; leftOut: readonly LeftOutRun[] }>;

/** Runs of supervised fine-tuning: those of other objectives are in no figure but their own. */
const ofFineTuning = (held: readonly HeldRun[]): readonly HeldRun[] =>
  held.filter(({ run }) => runGroup(run) !== "objectives");

/** What the allocator was seen to hold in runs of supervised fine-tuning on one GPU, and on several. */
const seenOn = onceForEach((held: readonly HeldRun[]) => {
  const seen = ofFineTuning(held)
    .map(seenRun)
    .filter((run) => run !== null);
  return {
    one: seen.filter(({ run }) => run.num_gpus === 1),
    several: seen.filter(({ run }) => run.num_gpus > 1),
  };
});

/** `median X % · p90 Y % · N rows with exact tokens`: of runs that train for something else than supervised fine-tuning. */
export const objectivesSummary = (held: readonly HeldRun[]): string =>
  exactSummary(held.filter(({ run }) => runGroup(run) === "objectives"));

/** Runs that trained for something else than supervised fine-tuning, by what for, and each of them. Nothing where there are none. */
export const objectiveLines = (held: readonly HeldRun[]): readonly string[] => {
  const runs = held.filter(({ run }) => runGroup(run) === "objectives");
  return runs.length === 0
    ? []
    : [
        `Other objectives than SFT: ${objectivesSummary(runs)}`,
        ...tableBy("By objective", runs, ({ run }) => objectiveOf(run)),
        ...reasonLines("Each of them:", sorted(runs)),
      ];
};

/** By source, method and stack; the worst twenty with why; runs with an upper bound, on several GPUs, and not mapped apart. */
export const accuracyLines = ({ held, leftOut }: AccuracyResult): readonly string[] => {
  const of = (...groups: readonly string[]): readonly HeldRun[] =>
    held.filter(({ run }) => groups.includes(runGroup(run)));
  const exact = of("transformers", "other");
  const several = of("several");
  return [
    ...tableBy("By source", exact, ({ run }) => run.source),
    ...tableBy("By method", exact, ({ run }) => run.method),
    ...tableBy("By stack", exact, ({ choices }) => choices.stack),
    ...tableBy("By metric", exact, ({ run }) => run.metric_class),
    ...pairLines(ofFineTuning(held)),
    ...seenLines("one GPU", seenOn(held).one),
    ...seenLines("several GPUs", seenOn(held).several),
    ...reasonLines("Worst:", sorted(exact).slice(0, WORST)),
    ...(several.length === 0
      ? []
      : [
          `Of them on several GPUs: ${medianAndP90(several)} · ${several.length} rows`,
          ...tableBy("By source", several, ({ run }) => run.source),
          ...reasonLines("Of those on several GPUs, all above 15 %:", farOff(several)),
        ]),
    ...capLines(of("cap")),
    ...objectiveLines(held),
    ...leftOutLines(leftOut),
  ];
};

/** `median X % · p90 Y % · N rows with exact tokens`: of runs that were gathered before their rules. */
export const aheadSummary = (held: readonly HeldRun[]): string => exactSummary(held);

/** ` · reserved: median X % · p90 Y % · N rows`: of runs on one GPU whose allocator is replayed; nothing where there are none. */
const reservedSummary = (held: readonly HeldRun[]): string => {
  const replayed = replayedRuns(seenOn(held).one);
  return replayed.length === 0 ? "" : ` · reserved: ${medianAndP90(replayed)} · ${replayed.length} rows`;
};

/**
 * `median X % · p90 Y % · N rows of transformers on one GPU, exact and allocated; median Z % · M other exact rows`, those on several GPUs among them; then
 * what is reserved, by the replay.
 */
export const accuracySummary = (held: readonly HeldRun[]): string => {
  const target = held.filter(({ run }) => runGroup(run) === "transformers");
  const other = held.filter(({ run }) => ["other", "several"].includes(runGroup(run)));
  return (
    `${medianAndP90(target)} · ${target.length} rows of transformers on one GPU, exact and allocated; ` +
    `median ${percent(errorStatistics(other).median)} · ${other.length} other exact rows${reservedSummary(held)}`
  );
};
