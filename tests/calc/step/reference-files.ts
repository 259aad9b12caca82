import { readdirSync } from "node:fs";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import type { ReferenceRow } from "../../../tools/terminal/reference-row.ts";

const GOLDEN = "tests/golden";

const rowsIn = (files: readonly string[]): readonly ReferenceRow[] =>
  files.flatMap((file) => readReferenceRows(`${GOLDEN}/${file}`).memory);

const MADE_WITH = ["reference-memory.jsonl", "more-reference-memory.jsonl"];
const UNSEEN = ["unseen", "own", "sparse", "older", "hybrid", "drawn"].map((name) => `${name}-reference-memory.jsonl`);

/** Rows of steps on one GPU that the step on paper was made with; of each the last micro step. */
export const ROWS_MADE_WITH = rowsIn(MADE_WITH);

/** Rows that it was not made with, of which every micro step is simulated. */
export const ROWS_UNSEEN = rowsIn(UNSEEN);

/** Rows of all other files of steps on one GPU, which are held by the estimate alone. */
export const ROWS_BESIDE = rowsIn(
  readdirSync(GOLDEN).filter(
    (file) => file.endsWith("reference-memory.jsonl") && !MADE_WITH.includes(file) && !UNSEEN.includes(file),
  ),
);
