import type { Imported, ImportLine } from "#interop/import/imported.ts";
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

/** The four lists of an import, or why a file is refused, for a person at a terminal. */
export const importWords = (imported: Imported): readonly string[] => {
  if (imported.kind === "refused")
    return imported.refusals.map(
      ({ file, line, sentence }) => `${file}${line === null ? "" : `:${line}`}: ${sentence}`,
    );
  const { lists, tools, checked } = imported;
  const missing = notModelledWords(lists);
  return [
    `${tools.join(" and ")}: ${checkedWords(knownOf(imported), checked)}${missing === null ? "" : `; ${missing}`}.`,
    ...LISTS.flatMap((list) =>
      lists[list].length === 0
        ? []
        : ["", `${headingOf(list, lists[list])}:`, ...unknownFirst(lists[list]).map(lineWords)],
    ),
  ];
};
