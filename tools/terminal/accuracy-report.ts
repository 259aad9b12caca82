import { GIB } from "#calc/base/quantity.ts";
import { type HeldRun, sideOf } from "./accuracy/held-run.ts";
import { measuredPairs } from "./accuracy/measured-pairs.ts";
import type { LeftOutRun } from "./accuracy/left-out-run.ts";
import { knownReason } from "./accuracy/known-reason.ts";
import { quantile } from "#advice/quantile.ts";
import { type SeenRun, seenRun } from "./accuracy/seen-run.ts";
import { runGroup } from "./accuracy/run-group.ts";
import { textTable } from "./text-table.ts";

const PERCENT = 100;
const WORST = 20;
/** An error above this is explained, whatever the run. */
const FAR = 0.15;
const P90 = 0.9;
/** An error of what is reserved above this is listed. */
const FAR_SEEN = 0.1;

/** Two decimals: the errors that count are of tenths of a percent. */
const percent = (fraction: number): string => `${(fraction * PERCENT).toFixed(2)} %`;
const signed = (fraction: number): string => `${fraction < 0 ? "" : "+"}${percent(fraction)}`;
const gib = (bytes: number): string => (bytes / GIB).toFixed(2);

const medianOf = (runs: readonly HeldRun[]): string =>
  percent(
    quantile(
      runs.map(({ errorFraction }) => errorFraction),
      1 / 2,
    ),
  );
const p90Of = (runs: readonly HeldRun[]): string =>
  percent(
    quantile(
      runs.map(({ errorFraction }) => errorFraction),
      P90,
    ),
  );

const groupsBy = (runs: readonly HeldRun[], nameOf: (held: HeldRun) => string): ReadonlyMap<string, HeldRun[]> => {
  const groups = new Map<string, HeldRun[]>();
  for (const held of runs) {
    const name = nameOf(held);
    groups.set(name, [...(groups.get(name) ?? []), held]);
  }
  return groups;
};

const tableBy = (title: string, runs: readonly HeldRun[], nameOf: (held: HeldRun) => string): readonly string[] => [
  ...textTable([
    [title, "rows", "median", "p90", "worst"],
    ...[...groupsBy(runs, nameOf)]
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(([name, group]) => {
        const [worst] = sorted(group);
        return [name, `${group.length}`, medianOf(group), p90Of(group), signed(worst?.errorFraction ?? 0)];
      }),
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

const errorOf = ({ measuredBytes }: SeenRun, bytes: number): number => bytes / measuredBytes - 1;

/** Errors of one way of saying what is reserved: median and 90th percentile. */
const errorsOf = (seen: readonly SeenRun[], bytesOf: (run: SeenRun) => number | null): readonly [string, string] => {
  const errors = seen.flatMap((run) => {
    const bytes = bytesOf(run);
    return bytes === null ? [] : [errorOf(run, bytes)];
  });
  return [percent(quantile(errors, 1 / 2)), percent(quantile(errors, P90))];
};

const byRule = ({ ruleBytes }: SeenRun): number => ruleBytes;
const byReplay = ({ replayedBytes }: SeenRun): number | null => replayedBytes;

const seenTable = (title: string, seen: readonly SeenRun[], nameOf: (run: SeenRun) => string): readonly string[] => {
  const names = [...new Set(seen.map(nameOf))].toSorted((one, other) => one.localeCompare(other));
  return [
    ...textTable([
      [title, "rows", "rule: median", "p90", "replay: median", "p90"],
      ...[...names, "all"].map((name) => {
        const group = name === "all" ? seen : seen.filter((run) => nameOf(run) === name);
        return [name, `${group.length}`, ...errorsOf(group, byRule), ...errorsOf(group, byReplay)];
      }),
    ]),
    "",
  ];
};

/** What the allocator was seen to hold on one GPU, by the rule and by the replay of the same rows; those that the replay does not know apart. */
const seenLines = (held: readonly HeldRun[]): readonly string[] => {
  const all = held.map(seenRun).filter((run) => run !== null);
  const known = all.filter(({ replayedBytes }) => replayedBytes !== null);
  if (all.length === 0) return [];
  const far = known.filter((run) => Math.abs(errorOf(run, byReplay(run) ?? 0)) > FAR_SEEN);
  return [
    ...seenTable("Reserved, and nvidia-smi less its context, one GPU", known, ({ run }) => run.source),
    ...seenTable("The same by metric", known, ({ metric }) => metric),
    ...seenTable("The same by loss", known, ({ run }) => `${run.chunked_or_fused_ce}`),
    `Of these the replay is off by more than ${FAR_SEEN * PERCENT} %:`,
    ...far.map(
      (run) =>
        `  ${run.run.id}  ${signed(errorOf(run, byReplay(run) ?? 0))}  ${gib(byReplay(run) ?? 0)} for ${gib(run.measuredBytes)} GiB`,
    ),
    ...all.filter(({ replayedBytes }) => replayedBytes === null).map(({ run }) => `  ${run.id}  not replayed`),
    "",
  ];
};

/** Runs and what became of them, as the command prints them. */
export type AccuracyResult = Readonly<{ held: readonly HeldRun[]; leftOut: readonly LeftOutRun[] }>;

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
    ...pairLines(held),
    ...seenLines(held),
    ...reasonLines("Worst:", sorted(exact).slice(0, WORST)),
    ...(several.length === 0
      ? []
      : [
          `Of them on several GPUs: median ${medianOf(several)} · p90 ${p90Of(several)} · ${several.length} rows`,
          ...tableBy("By source", several, ({ run }) => run.source),
          ...reasonLines("Of those on several GPUs, all above 15 %:", farOff(several)),
        ]),
    ...capLines(of("cap")),
    ...leftOutLines(leftOut),
  ];
};

/** `median X % · p90 Y % · N rows of transformers on one GPU, exact and allocated; median Z % · M other exact rows`, those on several GPUs among them. */
export const accuracySummary = (held: readonly HeldRun[]): string => {
  const target = held.filter(({ run }) => runGroup(run) === "transformers");
  const other = held.filter(({ run }) => ["other", "several"].includes(runGroup(run)));
  return (
    `median ${medianOf(target)} · p90 ${p90Of(target)} · ${target.length} rows of transformers on one GPU, exact and allocated; ` +
    `median ${medianOf(other)} · ${other.length} other exact rows`
  );
};
