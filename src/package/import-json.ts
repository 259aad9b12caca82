// The JSON of imported training files that the API and the MCP server return.

import type { Imported, ImportLine } from "#interop/import/import-result.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";

/** What was found in a file, or follows from what was not. */
export type ImportedLine = Readonly<{
  /** Where it stands; null: it follows from no field. Lines are counted from 1. */
  at: Readonly<{ file: string; line: number }> | null;
  /** As in the file, "lora_rank: 8"; of what no field says the key of the link, "r". */
  field: string;
  /** The key of the link that it became, and its value there. */
  key: string | null;
  value: string | null;
  /** Why, where there is something to say. */
  sentence: string | null;
}>;

/** What training files of other tools became; public interface, so that fields are only ever added. */
export type ImportJson = Readonly<{
  version: 1;
  /** The scenario that the files describe; null: `refusals` say why there is none. */
  link: string | null;
  /** Whose files they are, each with the version whose defaults it was read with. */
  tools: readonly string[];
  /** How many fields the files have. */
  fields: number;
  /** What changes memory and is in no figure: an estimate of `link` leaves it out. */
  notModelled: readonly ImportedLine[];
  /** What no file says: the tool's default, or ours. */
  assumed: readonly ImportedLine[];
  read: readonly ImportedLine[];
  /** What changes no memory, and what is not known here. */
  ignored: readonly ImportedLine[];
  refusals: readonly Readonly<{ file: string; line: number | null; sentence: string }>[];
}>;

const lineOf = ({ at, field, key, text, sentence }: ImportLine): ImportedLine => ({
  at,
  field,
  key,
  value: text,
  sentence,
});

/** An import as data. */
export const importJson = (imported: Imported): ImportJson => {
  if (imported.kind === "refused") {
    const none = { notModelled: [], assumed: [], read: [], ignored: [] };
    return { version: 1, link: null, tools: [], fields: 0, ...none, refusals: imported.refusals };
  }
  const { lists, tools, checked, choices } = imported;
  return {
    version: 1,
    link: encodeLink(choices),
    tools,
    fields: checked,
    notModelled: lists.notModelled.map(lineOf),
    assumed: lists.assumed.map(lineOf),
    read: lists.read.map(lineOf),
    ignored: lists.ignored.map(lineOf),
    refusals: [],
  };
};
