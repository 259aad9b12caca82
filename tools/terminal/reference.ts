import { callersPath, type Command, type Terminal } from "#package/commands/terminal.ts";
import { runCommand, noArguments, UNREADABLE } from "#package/commands/command.ts";
import { countLines } from "./reference-counts.ts";
import { type HeldRows, holdRows } from "./reference-held.ts";
import { reportLines, summaryLine } from "./reference-report.ts";
import { sayingWhy } from "./saying-why.ts";

const USAGE = `Usage: npm run -s reference -- [--data FILE] [--json]

Holds the training step on paper against runs of the real modelling code on PyTorch's fake tensors, byte by byte, so the moments
outside it (loading, preparing, generating, merging, saving, resuming), and our counts of parameters against those of transformers and PEFT.

  --data FILE  rows in JSON lines, of steps, of such moments (run) or of counts, instead of the project's own
  --json       prints one JSON object a row

A row that lacks a field, or has something else in it than belongs there, is named with its line and left out.

Ends with 0, or 2 when there was no row to read or one that could not be.`;

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
  "window-reference-memory",
  "trl-reference-memory",
  "trl-dpo-reference-memory",
  "trl-dpo-older-reference",
  "trl-dpo-0.24-reference",
  "trl-free-reference",
  "trl-grpo-reference-memory",
  "trl-grpo-older-reference-memory",
  "trl-kto-reference-memory",
  "trl-reward-reference-memory",
  "trl-distill-reference-memory",
  "trl-copy-4bit-reference-memory",
  "trl-torch-reference",
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
  "trl-reference-ranks",
  "whole-run-reference",
  "evaluation-reference",
  "trl-evaluation-reference",
  "generate-reference",
  "reference-counts",
  "more-counts",
].map((name) => `tests/golden/${name}.jsonl`);

type Held = Pick<HeldRows, "errors" | "counts">;

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

type Asked = Readonly<{ data: string | null; json: boolean }>;

const run = ({ data, json }: Asked, terminal: Terminal): number => {
  const { print, complain } = terminal;
  const files = (data === null ? GOLDEN : [callersPath(data, terminal)]).map(holdRows);
  const errors = files.flatMap((file) => file.errors);
  const counts = files.flatMap((file) => file.counts);
  const refused = files.flatMap((file) => file.refused);
  for (const line of [...refused, ...files.flatMap(({ unknown }) => unknown)]) complain(line);
  if (errors.length + counts.length === 0) {
    complain("There are no rows to hold the engine against.");
    return UNREADABLE;
  }
  for (const line of json ? jsonLines({ errors, counts }) : textLines({ errors, counts })) print(line);
  return refused.length === 0 ? 0 : UNREADABLE;
};

/** `reference`: the errors of the engine against rows of PyTorch on fake tensors. */
export const main: Command = runCommand<Asked>({
  name: "reference",
  usage: () => USAGE,
  options: { "--data": "value", "--json": "flag" },
  askedOf: (given) =>
    noArguments("reference", given) ?? { data: given.values.get("--data") ?? null, json: given.flags.has("--json") },
  run: sayingWhy(run),
});
