import type { Choices, LinkKey } from "#scenario/keys/choices.ts";
import type { Refusal } from "./source.ts";

/** A line of the lists that an import ends in. */
export type ImportLine = Readonly<{
  /** null: it follows from no field. */
  at: Readonly<{ file: string; line: number }> | null;
  /** As in the file, "lora_rank: 8"; of what no field says the key of the link, "r". */
  field: string;
  /** The key of the link that it became, and its text there. */
  key: LinkKey | null;
  text: string | null;
  /** Why, where there is something to say. */
  sentence: string | null;
}>;

/** The four lists, in the order in which they are shown. */
export type ImportLists = Readonly<{
  notModelled: readonly ImportLine[];
  assumed: readonly ImportLine[];
  read: readonly ImportLine[];
  ignored: readonly ImportLine[];
}>;

/** What files became: choices with all that was found, or why there are none. */
export type Imported = Readonly<
  | { kind: "imported"; choices: Choices; tools: readonly string[]; lists: ImportLists; checked: number }
  | { kind: "refused"; refusals: readonly Refusal[] }
>;
