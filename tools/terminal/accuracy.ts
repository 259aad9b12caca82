import { type HeldFit, missSide } from "./accuracy/held-fit.ts";
import { holdFits, holdRuns } from "./accuracy/hold-all.ts";
import { contributedRows, type HeldRow } from "./accuracy/contributed.ts";
import { contributedJson, contributedLines } from "./contributed-report.ts";
import {
  accuracyLines,
  type AccuracyResult,
  accuracySummary,
  leftOutLines,
  objectiveLines,
} from "./accuracy-report.ts";
import { type HeldRun, sideOf } from "./accuracy/held-run.ts";
import { knownReason } from "./accuracy/known-reason.ts";
import { runGroup } from "./accuracy/run-group.ts";
import { fitLines, fitSummary } from "./fit-report.ts";
import { callersPath, type Command, type Terminal } from "#package/commands/terminal.ts";
import { runCommand, noArguments, UNREADABLE } from "#package/commands/command.ts";
import type { LeftOutRun } from "./accuracy/left-out-run.ts";
import { refusedLine } from "./read-json-lines.ts";
import { sayingWhy } from "./saying-why.ts";

const USAGE = `Usage: npm run -s accuracy -- [--data FILE] [--json]
       npm run -s accuracy -- --fit FILE [--data FILE]

Holds predictions against published measurements of real runs: like with like, allocated with allocated, reserved with reserved, nvidia-smi with what
is seen on the card.

  --data FILE  measured runs in JSON lines, instead of the project's own
  --json       prints one JSON object a row
  --fit FILE   facts in JSON lines (it ran, it ran out of memory, the longest context) held against whether the run is predicted to go on its card;
               the measured runs all ran; what must be on the card and the longest context are those of a replay of the allocator, where there is one

Runs of tests/golden/objective-runs.jsonl, which train for something else than supervised fine-tuning, and any row that names its objective are a group of their
own, in no other figure. Rows of tests/golden/contributed/, measured with the script of a scenario, stand beside the project's own in a group of their own. A row that lacks a field,
or has something else in it than belongs there, is named with its line and left out.

Ends with 0, or 2 when there were no rows to read.`;

const MEASURED_RUNS = "tests/golden/measured-runs.jsonl";
/** Runs of other objectives than supervised fine-tuning, which no other figure has. */
const OBJECTIVE_RUNS = "tests/golden/objective-runs.jsonl";

/** What `accuracy` was asked for; null: the project's own rows, no facts. */
type Asked = Readonly<{ data: string | null; fit: string | null; json: boolean }>;

const heldJson = (held: HeldRun): string => {
  const { run, choices, link, predictedBytes, measuredBytes, errorFraction } = held;
  return JSON.stringify({
    id: run.id,
    source: run.source,
    method: run.method,
    stack: choices.stack,
    group: runGroup(run),
    metric: run.metric_class,
    predictedBytes,
    measuredBytes: Math.round(measuredBytes),
    errorFraction,
    reason: knownReason(run, sideOf(held)),
    link,
  });
};

const jsonLines = ({ held, leftOut }: AccuracyResult): readonly string[] => [
  ...held.map(heldJson),
  ...leftOut.map(({ run, why }) => JSON.stringify({ id: run.id, source: run.source, notMapped: why })),
];

const fitJson = (held: HeldFit): string => {
  const { run, kind, link, onCard, usableBytes, fit, tokens, isHit } = held;
  return JSON.stringify({
    id: run.id,
    kind,
    isHit,
    fit,
    onCardBytes: onCard.onCardBytes,
    by: onCard.basis,
    onCardRangeBytes: onCard.onCardRangeBytes,
    usableBytes,
    tokens,
    reason: isHit ? null : knownReason(run, missSide(held)),
    link,
  });
};

/** What could not be held, and where the row of each stands that is not as it has to be. */
const complainOf = (leftOut: readonly LeftOutRun[], { complain }: Terminal): void => {
  for (const { where, why } of leftOut) if (where !== undefined) complain(refusedLine({ where, why }));
};

/** Facts, and measured runs, against what is predicted to go on a card. */
const printFit = ({ fit, data, json }: Files, terminal: Terminal): number => {
  const { print, complain } = terminal;
  const result = holdFits(fit, data);
  complainOf(result.leftOut, terminal);
  if (result.held.length === 0) {
    complain(`There is no fact in ${fit} and no run in ${data} that can be predicted.`);
    for (const line of leftOutLines(result.leftOut)) complain(line);
    return UNREADABLE;
  }
  for (const line of json ? result.held.map(fitJson) : [...fitLines(result), fitSummary(result)]) print(line);
  return 0;
};

/** The errors of predictions of measured runs. */
const printRuns = ({ data, json }: Omit<Files, "fit">, terminal: Terminal): number => {
  const { print, complain } = terminal;
  const result = holdRuns(data);
  complainOf(result.leftOut, terminal);
  // Those of the project, beside its own rows.
  const isOwn = data === MEASURED_RUNS;
  const contributed: readonly HeldRow[] = isOwn ? contributedRows() : [];
  const objectives: AccuracyResult = isOwn ? holdRuns(OBJECTIVE_RUNS) : { held: [], leftOut: [] };
  if (result.held.length === 0) {
    complain(`There is no run in ${data} that can be predicted.`);
    for (const line of leftOutLines(result.leftOut)) complain(line);
    return UNREADABLE;
  }
  const lines = json
    ? [...jsonLines(result), ...jsonLines(objectives), ...contributed.map(contributedJson)]
    : [
        ...accuracyLines(result),
        ...objectiveLines(objectives.held),
        ...leftOutLines(objectives.leftOut),
        ...contributedLines(contributed),
        accuracySummary(result.held),
      ];
  for (const line of lines) print(line);
  return 0;
};

/** The files of a request, where the command finds them. */
type Files = Readonly<{ data: string; fit: string; json: boolean }>;

const run = ({ data, fit, json }: Asked, terminal: Terminal): number => {
  const runs = data === null ? MEASURED_RUNS : callersPath(data, terminal);
  return fit === null
    ? printRuns({ data: runs, json }, terminal)
    : printFit({ fit: callersPath(fit, terminal), data: runs, json }, terminal);
};

/** `accuracy`: the errors of predictions against published measurements. */
export const main: Command = runCommand<Asked>({
  name: "accuracy",
  usage: () => USAGE,
  options: { "--data": "value", "--fit": "value", "--json": "flag" },
  askedOf: (given) =>
    noArguments("accuracy", given) ?? {
      data: given.values.get("--data") ?? null,
      fit: given.values.get("--fit") ?? null,
      json: given.flags.has("--json"),
    },
  run: sayingWhy(run),
});
