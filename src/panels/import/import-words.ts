// Words for imports: counts, tools, fields and refusals.

import { type ImportLine, knownFieldCount } from "#interop/import/import-result.ts";
import type { Refusal } from "#interop/import/source-fields.ts";
import { formatCount } from "#format/numbers.ts";
import { joinWithAnd } from "#format/phrases.ts";
import type { ImportResult } from "./import-state.ts";

/** "22 read, 3 assumed, 1 not modelled": what there is none of is left out. */
const countsOf = ({ found: { lists } }: ImportResult): string =>
  [
    [lists.read.length, "read"] as const,
    [lists.assumed.length, "assumed"] as const,
    [lists.notModelled.length, "not modelled"] as const,
  ]
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatCount(count)} ${word}`)
    .join(", ");

/** "lora-8b.yaml, zero2.json"; of more than two files the first, and how many others. */
export const namesWords = ({ names }: ImportResult): string =>
  names.length > 2 ? `${names[0]} and ${names.length - 1} others` : names.join(", ");

/** "lora-8b.yaml: 22 read, 3 assumed, 1 not modelled". */
export const importSummary = (taken: ImportResult): string => `${namesWords(taken)}: ${countsOf(taken)}`;

/** Which tools wrote the files: "Axolotl 0.18.0, with DeepSpeed ZeRO." */
export const toolWords = ({ found: { tools } }: ImportResult): string => {
  const [first = "", ...others] = [...new Set(tools)];
  return `${first}${others.length === 0 ? "" : `, with ${joinWithAnd(others)}`}.`;
};

/** "Checked 31 of 34 fields"; of a config.json that is read as a whole what became of it; null where there was no field. */
export const checkedFieldsWords = ({ found }: ImportResult): string | null => {
  const { checked, tools } = found;
  if (checked === 0) return tools.join() === "config.json" ? "The model is the one of this file; all else stays" : null;
  const known = knownFieldCount(found);
  return known === checked
    ? `Checked ${checked === 1 ? "its one field" : `all ${formatCount(checked)} fields`}`
    : `Checked ${formatCount(known)} of ${formatCount(checked)} fields`;
};

/** A field as in the file; what no field says, by the key and what was taken: "gpus 2". */
export const fieldWords = ({ at, field, text }: ImportLine): string =>
  at === null && text !== null && text !== "" ? `${field} ${text}` : field;

/**
 * "zero2.json, line 3: …", "Line 3: …".
 *
 * @param shown the file whose text stands above it, which need not be named
 */
export const refusalWords = ({ file, line, sentence }: Refusal, shown: string): string => {
  const isNamed = file !== "" && file !== shown;
  if (line === null) return isNamed ? `${file}: ${sentence}` : sentence;
  return isNamed ? `${file}, line ${line}: ${sentence}` : `Line ${line}: ${sentence}`;
};
