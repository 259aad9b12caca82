import type { Exporting } from "#interop/export/exporter.ts";
import { PLACEHOLDER, PLACEHOLDERS } from "#interop/export/placeholders.ts";
import { fieldsWithin } from "#interop/export/written.ts";
import { argumentsOf } from "./python-call.ts";

/** A token to pad with, for models that have none of their own. */
export const PADDED: readonly string[] = [
  "if tokenizer.pad_token is None:",
  "    tokenizer.pad_token = tokenizer.eos_token",
];

/** Rows of text as tokens, cut where the tokenizer cuts, for what pads batches and makes no tokens itself. */
export const tokenRows = ({ written }: Pick<Exporting, "written">): readonly string[] => [
  ...PADDED,
  "",
  "",
  "def tokens_of(rows):",
  `    return tokenizer(rows["text"], truncation=True, ${argumentsOf(fieldsWithin(written, "tokenizer")).join(", ")})`,
  "",
  "",
  `train_dataset = load_dataset("${PLACEHOLDERS.data}", split="train")  # ${PLACEHOLDER}: rows with a "text"`,
  "train_dataset = train_dataset.map(tokens_of, batched=True, remove_columns=train_dataset.column_names)",
];
