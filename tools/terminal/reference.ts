import type { RowErrors } from "./reference-errors.ts";
import { errorsOf } from "./reference-errors.ts";
import { type CountErrors, countErrorsOf, countLines } from "./reference-counts.ts";
import { reportLines, summaryLine } from "./reference-report.ts";
import type { ReferenceRow } from "./reference-rows.ts";
import { readReferenceRows } from "./reference-rows.ts";
import { scenarioOf } from "./reference-scenario.ts";
import type { Command } from "#package/commands/terminal.ts";

const USAGE = `Usage: npm run -s reference -- [--data FILE] [--json]

Holds the training step on paper against runs of the real modelling code on PyTorch's fake tensors, byte by byte, and our counts of
parameters against those of transformers and PEFT.

  --data FILE  rows in JSON lines, of memory or of counts, instead of the project's own
  --json       prints one JSON object a row

Ends with 0, or 2 when there were no rows to read.`;

const UNREADABLE = 2;

/** The project's own rows. The engine was not made with those of the third file; those after it have families beyond the first 33, then one rank of several. */
const GOLDEN = [
  "reference-memory",
  "more-reference-memory",
  "unseen-reference-memory",
  "own-reference-memory",
  "sparse-reference-memory",
  "older-reference-memory",
  "hybrid-reference-memory",
  "chunked-reference",
  "drawn-reference-memory",
  "small-vocabulary-reference",
  "fp16-reference-memory",
  "math-attention-reference-memory",
  "vera-reference-memory",
  "moe-4bit-reference-memory",
  "moe-unsloth-reference-memory",
  "kernels-reference-memory",
  "tuners-reference-memory",
  "copies-reference-memory",
  "skipped-reference-memory",
  "prompt-reference-memory",
  "padded-reference-memory",
  "fsdp2-reference-ranks",
  "unseen-fsdp2-reference-ranks",
  "fsdp1-reference-ranks",
  "accumulated-reference-ranks",
  "flat-reference-ranks",
  "accelerate-reference-ranks",
  "divided-twice-reference-ranks",
  "expert-parallel-reference-ranks",
  "ddp-reference-ranks",
  "zero-reference-ranks",
  "padded-reference-ranks",
  "reference-counts",
  "more-counts",
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

type Held = Readonly<{ errors: readonly RowErrors[]; counts: readonly CountErrors[] }>;

const jsonLines = ({ errors, counts }: Held): readonly string[] => [
  ...errors.map(({ row: { id, model, method }, ...rest }) => JSON.stringify({ id, model, method, ...rest })),
  ...counts.map((each) => JSON.stringify(each)),
];

/** The last line is of memory where there are such rows: a count that is off is named above. */
const textLines = ({ errors, counts }: Held): readonly string[] => [
  ...(errors.length > 0 ? reportLines(errors) : []),
  ...(counts.length > 0 ? countLines(counts) : []),
  summaryLine(
    errors.length > 0
      ? errors.map(({ peakErrorFraction }) => peakErrorFraction)
      : counts.map(({ errorFraction }) => errorFraction),
  ),
];

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
  const files = asked.files.map(readReferenceRows);
  const [memory, counted] = [files.flatMap((file) => file.memory), files.flatMap((file) => file.counts)];
  const errors = memory.map(held).filter((each) => each !== null);
  const counts = counted.map(countErrorsOf).filter((each) => each !== null);
  const left = memory.length + counted.length - errors.length - counts.length;
  if (left > 0) complain(`${left} rows are of models that the catalog does not have.`);
  if (errors.length + counts.length === 0) {
    complain("There are no rows to hold the engine against.");
    return UNREADABLE;
  }
  for (const line of asked.json ? jsonLines({ errors, counts }) : textLines({ errors, counts })) print(line);
  return 0;
};
