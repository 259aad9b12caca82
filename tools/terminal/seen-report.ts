import { type Compared, errorFraction, errorStatistics, quantile } from "#advice/error-statistics.ts";
import type { SeenRun } from "./accuracy/seen-run.ts";
import { gib, percent, signed } from "./error-figures.ts";
import { textTable } from "#package/terminal-text.ts";

/** An error of what the replay reserves above this is listed. */
const FAR = 0.1;

/** A run that is replayed, beside the bytes that the replay gives. */
type Replayed = Compared & Readonly<{ seen: SeenRun }>;

const replayedOf = (seen: SeenRun): readonly Replayed[] =>
  seen.replayedBytes === null ? [] : [{ seen, predictedBytes: seen.replayedBytes, measuredBytes: seen.measuredBytes }];

/** The runs of some that are replayed, as predicted and measured. */
export const replayedRuns = (all: readonly SeenRun[]): readonly Replayed[] => all.flatMap(replayedOf);

const byRule = ({ seen, measuredBytes }: Replayed): Compared => ({ predictedBytes: seen.ruleBytes, measuredBytes });

const errorsOf = (runs: readonly Compared[]): readonly [string, string] => {
  const { median, p90 } = errorStatistics(runs);
  return [percent(median), percent(p90)];
};

/** What runs need, of what they allocate at the highest moment: median and most. */
const needsOf = (runs: readonly Replayed[]): readonly [string, string] => {
  const ratios = runs.map(({ seen: { neededBytes, peakBytes } }) => neededBytes / peakBytes);
  return [quantile(ratios, 1 / 2).toFixed(2), quantile(ratios, 1).toFixed(2)];
};

const tableBy = (title: string, runs: readonly Replayed[], nameOf: (seen: SeenRun) => string): readonly string[] => {
  const names = [...new Set(runs.map(({ seen }) => nameOf(seen)))].toSorted((one, other) =>
    one.localeCompare(other, "en"),
  );
  return [
    ...textTable([
      [title, "rows", "rule: median", "p90", "replay: median", "p90", "needed / peak: median", "most"],
      ...[...names, "all"].map((name) => {
        const group = name === "all" ? runs : runs.filter(({ seen }) => nameOf(seen) === name);
        return [name, `${group.length}`, ...errorsOf(group.map(byRule)), ...errorsOf(group), ...needsOf(group)];
      }),
    ]),
    "",
  ];
};

const farLine = (run: Replayed): string =>
  `  ${run.seen.run.id}  ${signed(errorFraction(run))}  ${gib(run.predictedBytes)} for ${gib(run.measuredBytes)} GiB`;

/** What the allocator was seen to hold on one GPU or on several, by the rule and by the replay of the same rows; those that the replay does not know apart. */
export const seenLines = (on: string, all: readonly SeenRun[]): readonly string[] => {
  if (all.length === 0) return [];
  const replayed = replayedRuns(all);
  return [
    ...tableBy(`Reserved, and nvidia-smi less its context, ${on}`, replayed, ({ run }) => run.source),
    ...tableBy("The same by metric", replayed, ({ metric }) => metric),
    ...tableBy("The same by loss", replayed, ({ run }) => `${run.chunked_or_fused_ce}`),
    `Of these the replay is off by more than ${FAR * 100} %:`,
    ...replayed.filter((run) => Math.abs(errorFraction(run)) > FAR).map(farLine),
    ...all.filter(({ replayedBytes }) => replayedBytes === null).map(({ run }) => `  ${run.id}  not replayed`),
    "",
  ];
};
