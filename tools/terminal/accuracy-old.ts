import { type HeldFit, missSide } from "./accuracy/held-fit.ts";
import { holdFits, holdRuns } from "./accuracy/hold-all.ts";
import { accuracyLines, type AccuracyResult, accuracySummary, leftOutLines } from "./accuracy-report.ts";
import { type HeldRun, sideOf } from "./accuracy/held-run.ts";
import { knownReason } from "./accuracy/known-reason.ts";
import { runGroup } from "./accuracy/run-group.ts";
import { fitLines, fitSummary } from "./fit-report.ts";
import type { Command, Terminal } from "./terminal.ts";

const USAGE = `Usage: npm run -s accuracy -- [--data FILE] [--json]
       npm run -s accuracy -- --fit FILE [--data FILE]

Holds predictions against published measurements of real runs: like with like, allocated with allocated, reserved with reserved, nvidia-smi with what
is seen on the card.

  --data FILE  measured runs in JSON lines, instead of the project's own
  --json       prints one JSON object a row
  --fit FILE   facts in JSON lines (it ran, it ran out of memory, the longest context) held against whether the run is predicted to go on its card;
               the measured runs all ran; what must be on the card and the longest context are those of a replay of the allocator, where there is one

Ends with 0, or 2 when there were no rows to read.`;

const UNREADABLE = 2;
const MEASURED_RUNS = "tests/golden/measured-runs.jsonl";

/** What `accuracy` was asked for; null for what it does not know. */
type Asked = Readonly<{ data: string; fit: string | null; json: boolean }>;

const parse = (args: readonly string[]): Asked | null => {
  let data = MEASURED_RUNS;
  let fit: string | null = null;
  let json = false;
  for (let index = 0; index < args.length; index++) {
    const file = args[index + 1];
    if (args[index] === "--json") json = true;
    else if (args[index] === "--data" && file !== undefined) {
      data = file;
      index++;
    } else if (args[index] === "--fit" && file !== undefined) {
      fit = file;
      index++;
    } else return null;
  }
  return { data, fit, json };
};

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

type Voice = Pick<Terminal, "print" | "complain">;

/** Facts, and measured runs, against what is predicted to go on a card. */
const printFit = (fit: string, { data, json }: Asked, { print, complain }: Voice): number => {
  const result = holdFits(fit, data);
  if (result.held.length === 0) {
    complain(`There is no fact in ${fit} and no run in ${data} that can be predicted.`);
    for (const line of leftOutLines(result.leftOut)) complain(line);
    return UNREADABLE;
  }
  for (const line of json ? result.held.map(fitJson) : [...fitLines(result), fitSummary(result)]) print(line);
  return 0;
};

/** The errors of predictions of measured runs. */
const printRuns = ({ data, json }: Asked, { print, complain }: Voice): number => {
  const result = holdRuns(data);
  if (result.held.length === 0) {
    complain(`There is no run in ${data} that can be predicted.`);
    for (const line of leftOutLines(result.leftOut)) complain(line);
    return UNREADABLE;
  }
  for (const line of json ? jsonLines(result) : [...accuracyLines(result), accuracySummary(result.held)]) print(line);
  return 0;
};

/** `accuracy`: the errors of predictions against published measurements. */
export const main: Command = async ({ args, print, complain }) => {
  if (args.includes("--help") || args.includes("-h")) {
    print(USAGE);
    return 0;
  }
  const asked = parse(args);
  if (asked === null) {
    complain(USAGE);
    return UNREADABLE;
  }
  try {
    return asked.fit === null ? printRuns(asked, { print, complain }) : printFit(asked.fit, asked, { print, complain });
  } catch (error) {
    // A file that cannot be read, in words that name it.
    complain(error instanceof Error ? error.message : String(error));
    return UNREADABLE;
  }
};
