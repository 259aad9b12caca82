import type { ImportLine } from "#interop/import/imported.ts";
import type { Refusal } from "#interop/import/source.ts";
import { formatCount } from "#format/count.ts";
import { listed } from "#format/listed.ts";
import type { Taken } from "./box.ts";

/** What a reader says of a field that it has never heard of (`interop/import/import-lists.ts`). */
const UNKNOWN = "not known here";

export const isUnknown = ({ sentence }: ImportLine): boolean => sentence === UNKNOWN;

/** "22 read, 3 assumed, 1 not modelled": what there is none of is left out. */
const countsOf = ({ found: { lists } }: Taken): string =>
  [
    [lists.read.length, "read"] as const,
    [lists.assumed.length, "assumed"] as const,
    [lists.notModelled.length, "not modelled"] as const,
  ]
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatCount(count)} ${word}`)
    .join(", ");

/** "lora-8b.yaml, zero2.json"; of more than two files the first, and how many others. */
export const namesWords = ({ names }: Taken): string =>
  names.length > 2 ? `${names[0]} and ${names.length - 1} others` : names.join(", ");

/** "lora-8b.yaml: 22 read, 3 assumed, 1 not modelled". */
export const takenWords = (taken: Taken): string => `${namesWords(taken)}: ${countsOf(taken)}`;

/** Which tools wrote the files: "Axolotl 0.18.0, with DeepSpeed ZeRO." */
export const toolWords = ({ found: { tools } }: Taken): string => {
  const [first = "", ...others] = [...new Set(tools)];
  return `${first}${others.length === 0 ? "" : `, with ${listed(others)}`}.`;
};

/** "Checked 31 of 34 fields"; nothing of a file that is not read field by field. */
export const checkedWords = ({ found: { checked, lists } }: Taken): string | null => {
  if (checked === 0) return null;
  const known = checked - lists.ignored.filter(isUnknown).length;
  return known === checked
    ? `Checked ${checked === 1 ? "its one field" : `all ${formatCount(checked)} fields`}`
    : `Checked ${formatCount(known)} of ${formatCount(checked)} fields`;
};

/** "1 changes memory and is not modelled". */
export const notModelledWords = ({ found: { lists } }: Taken): string | null => {
  const count = lists.notModelled.length;
  if (count === 0) return null;
  return count === 1 ? "1 changes memory and is not modelled" : `${count} change memory and are not modelled`;
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
