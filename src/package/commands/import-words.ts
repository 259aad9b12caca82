import type { Imported, ImportLine } from "#interop/import/imported.ts";
import type { Refusal } from "#interop/import/source.ts";
import type { ImportedRow } from "#interop/measured/import-measured-row.ts";
import { formatGib } from "#format/bytes.ts";
import { oneLine } from "#package/one-line.ts";
import { headingOf, knownOf, LISTS, notModelledWords, unknownFirst } from "#interop/import/list-words.ts";

/** "train.yaml:12  lora_rank: 8  →  r=8  (why)". */
const lineWords = ({ at, field, key, text, sentence }: ImportLine): string => {
  const place = at === null ? "" : `${at.file}:${at.line}  `;
  const became = key === null || text === null ? "" : `${at === null ? "" : "  →  "}${key}=${text}`;
  const why = sentence === null ? "" : `  (${sentence})`;
  return `  ${place}${at === null && became !== "" ? "" : field}${became}${why}`;
};

/** "checked 31 of 34 fields": those that are not known are not checked. */
const checkedWords = (known: number, all: number): string =>
  `checked ${known === all ? "" : `${known} of `}${all} ${all === 1 ? "field" : "fields"}`;

const refusalWords = ({ file, line, sentence }: Refusal): string =>
  `${file}${line === null ? "" : `:${line}`}: ${sentence}`;

/** What a measured row says, or why it is refused, for a person at a terminal: "Measured row of 2026-11-14 on NVIDIA L4: 18.9 GiB allocated." */
export const rowWords = (imported: ImportedRow): readonly string[] => {
  if (imported.kind === "refused") return imported.refusals.map(refusalWords).map(oneLine);
  const { at, device, outcome, peakBytes, reservedBytes } = imported.row;
  const figures = [
    ...(peakBytes === null ? [] : [`${formatGib(peakBytes)} GiB allocated`]),
    ...(reservedBytes === null ? [] : [`${formatGib(reservedBytes)} GiB reserved`]),
  ];
  const became = [...(outcome === "ran" ? [] : ["out of memory"]), ...figures].join(", ");
  return [
    oneLine(
      `Measured row of ${at} on ${device?.name ?? "a CPU"}: ${became === "" ? "it ran, without a figure of a card" : became}.`,
    ),
  ];
};

/** The four lists of an import, or why a file is refused, for a person at a terminal. */
export const importWords = (imported: Imported): readonly string[] => {
  if (imported.kind === "refused") return imported.refusals.map(refusalWords).map(oneLine);
  const { lists, tools, checked } = imported;
  const missing = notModelledWords(lists);
  return [
    `${tools.join(" and ")}: ${checkedWords(knownOf(imported), checked)}${missing === null ? "" : `; ${missing}`}.`,
    ...LISTS.flatMap((list) =>
      lists[list].length === 0
        ? []
        : ["", `${headingOf(list, lists[list])}:`, ...unknownFirst(lists[list]).map(lineWords)],
    ),
  ].map(oneLine);
};
