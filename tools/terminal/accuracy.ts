import { accuracyLines, type AccuracyResult, accuracySummary } from "./accuracy-report.ts";
import { type HeldRun, holdRun } from "./accuracy/held-run.ts";
import { knownReason } from "./accuracy/known-reason.ts";
import { readMeasuredRuns } from "./accuracy/measured-run.ts";
import { runGroup } from "./accuracy/run-group.ts";
import type { Command } from "./terminal.ts";

const USAGE = `Usage: npm run -s accuracy -- [--data FILE] [--json]

Holds predictions against published measurements of real runs: like with like, allocated with allocated, reserved with reserved, nvidia-smi with what
is seen on the card.

  --data FILE  measured runs in JSON lines, instead of the project's own
  --json       prints one JSON object a row

Ends with 0, or 2 when there were no rows to read.`;

const UNREADABLE = 2;
const MEASURED_RUNS = "tests/golden/measured-runs.jsonl";

/** What `accuracy` was asked for; null for what it does not know. */
type Asked = Readonly<{ data: string; json: boolean }>;

const parse = (args: readonly string[]): Asked | null => {
  let data = MEASURED_RUNS;
  let json = false;
  for (let index = 0; index < args.length; index++) {
    const file = args[index + 1];
    if (args[index] === "--json") json = true;
    else if (args[index] === "--data" && file !== undefined) {
      data = file;
      index++;
    } else return null;
  }
  return { data, json };
};

const heldJson = ({ run, choices, link, predictedBytes, measuredBytes, errorFraction }: HeldRun): string =>
  JSON.stringify({
    id: run.id,
    source: run.source,
    method: run.method,
    stack: choices.stack,
    group: runGroup(run),
    metric: run.metric_class,
    predictedBytes,
    measuredBytes: Math.round(measuredBytes),
    errorFraction,
    reason: knownReason(run),
    link,
  });

const jsonLines = ({ held, leftOut }: AccuracyResult): readonly string[] => [
  ...held.map(heldJson),
  ...leftOut.map(({ run, why }) => JSON.stringify({ id: run.id, source: run.source, notMapped: why })),
];

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
  const all = readMeasuredRuns(asked.data).map(holdRun);
  const held = all.filter((each) => "estimate" in each);
  const leftOut = all.filter((each) => "why" in each);
  if (held.length === 0) {
    complain(`There is no run in ${asked.data} that can be predicted.`);
    return UNREADABLE;
  }
  const result = { held, leftOut };
  for (const line of asked.json ? jsonLines(result) : [...accuracyLines(result), accuracySummary(held)]) print(line);
  return 0;
};
