import type { Imported, ImportLine, ImportLists } from "#interop/import/imported.ts";

const HEADINGS: Readonly<Record<keyof ImportLists, string>> = {
  notModelled: "Changes memory, not modelled",
  assumed: "Assumed",
  read: "Read",
  ignored: "Ignored, no effect on memory",
};

const ORDER = ["notModelled", "assumed", "read", "ignored"] as const;

/** "train.yaml:12  lora_rank: 8  →  r=8  (why)". */
const lineWords = ({ at, field, key, text, sentence }: ImportLine): string => {
  const place = at === null ? "" : `${at.file}:${at.line}  `;
  const became = key === null || text === null ? "" : `${at === null ? "" : "  →  "}${key}=${text}`;
  const why = sentence === null ? "" : `  (${sentence})`;
  return `  ${place}${at === null && became !== "" ? "" : field}${became}${why}`;
};

const fieldsWord = (count: number): string => `${count} ${count === 1 ? "field" : "fields"}`;

/** The four lists of an import, or why a file is refused, for a person at a terminal. */
export const importWords = (imported: Imported): readonly string[] => {
  if (imported.kind === "refused")
    return imported.refusals.map(
      ({ file, line, sentence }) => `${file}${line === null ? "" : `:${line}`}: ${sentence}`,
    );
  const { lists, tools, checked } = imported;
  const count = lists.notModelled.length;
  const rest =
    count === 0
      ? ""
      : `; ${count} ${count === 1 ? "changes" : "change"} memory and ${count === 1 ? "is" : "are"} not modelled`;
  return [
    `${tools.join(" and ")}: checked ${fieldsWord(checked)}${rest}.`,
    ...ORDER.flatMap((list) =>
      lists[list].length === 0 ? [] : ["", `${HEADINGS[list]}:`, ...lists[list].map(lineWords)],
    ),
  ];
};
