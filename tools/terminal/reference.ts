import type { RowErrors } from "./reference-errors.ts";
import { errorsOf } from "./reference-errors.ts";
import { reportLines } from "./reference-report.ts";
import type { ReferenceRow } from "./reference-rows.ts";
import { readReferenceRows } from "./reference-rows.ts";
import { scenarioOf } from "./reference-scenario.ts";
import type { Command } from "./terminal.ts";

const USAGE = `Usage: npm run -s reference -- [--data FILE] [--json]

Holds the training step on paper against runs of the real modelling code on PyTorch's fake tensors, byte by byte.

  --data FILE  rows in JSON lines instead of the project's own
  --json       prints one JSON object a row

Ends with 0, or 2 when there were no rows to read.`;

const UNREADABLE = 2;

/** The project's own rows. The engine was not made with those of the third file; the last two have families beyond the first 33. */
const GOLDEN = [
  "reference-memory",
  "more-reference-memory",
  "unseen-reference-memory",
  "own-reference-memory",
  "hybrid-reference-memory",
].map((name) => `tests/golden/${name}.jsonl`);

/** What `reference` was asked for; null for what it does not know. */
type Asked = Readonly<{ files: readonly string[]; json: boolean }>;

const parse = (args: readonly string[]): Asked | null => {
  let files: readonly string[] = GOLDEN;
  let json = false;
  for (let index = 0; index < args.length; index++) {
    const file = args[index + 1];
    if (args[index] === "--json") json = true;
    else if (args[index] === "--data" && file !== undefined) {
      files = [file];
      index++;
    } else return null;
  }
  return { files, json };
};

const held = (row: ReferenceRow): RowErrors | null => {
  const scenario = scenarioOf(row);
  return scenario === null ? null : errorsOf(row, scenario);
};

/** `reference`: the errors of the engine against rows of PyTorch on fake tensors. */
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
  const rows = asked.files.flatMap(readReferenceRows);
  const errors = rows.map(held).filter((each) => each !== null);
  if (errors.length < rows.length)
    complain(`${rows.length - errors.length} rows are of models that the catalog does not have.`);
  if (errors.length === 0) {
    complain("There are no rows to hold the engine against.");
    return UNREADABLE;
  }
  if (asked.json)
    for (const { row, ...rest } of errors)
      print(JSON.stringify({ id: row.id, model: row.model, method: row.method, ...rest }));
  else for (const line of reportLines(errors)) print(line);
  return 0;
};
