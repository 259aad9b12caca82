import type { GivenFile, Refusal, Source } from "#interop/import/source.ts";
import { commandSource } from "./command-source.ts";
import { isCommand, isPython, isToml } from "./known-format.ts";
import { notebookSource } from "./notebook-source.ts";
import { pythonSource } from "./python-source.ts";
import { tomlSource } from "./toml-source.ts";
import { yamlSource } from "./yaml-source.ts";

/** Real files of settings have a few kilobytes, notebooks with pictures a few megabytes. */
const MOST_CHARACTERS = 2 ** 22;

const BYTE_ORDER_MARK = /^\uFEFF/;

/** What no text has, and every binary file. */
const isBinary = (text: string): boolean => text.includes("\0") || text.includes("\uFFFD");

/** JSON as YAML, with its text; or a notebook. */
const jsonSource = (file: string, text: string): Source | Refusal => {
  const read = notebookSource(file, text) ?? yamlSource(file, text, "json");
  return "sentence" in read ? read : { ...read, text };
};

/** The formats that a text can be seen to be in; what is left is YAML. */
const FORMATS: readonly Readonly<{
  is: (text: string) => boolean;
  read: (file: string, text: string) => Source | Refusal;
}>[] = [
  { is: (text) => text.trimStart().startsWith("{"), read: jsonSource },
  { is: isCommand, read: commandSource },
  { is: isPython, read: pythonSource },
  { is: isToml, read: tomlSource },
];

/** Reads a file's fields, whatever it is written in, which is seen in its text. */
export const readSource = ({ name: file, text: given }: GivenFile): Source | Refusal => {
  const refuse = (sentence: string): Refusal => ({ file, line: null, sentence });
  if (given.length > MOST_CHARACTERS)
    return refuse(`The file has ${given.length} characters, more than ${MOST_CHARACTERS}.`);
  if (isBinary(given)) return refuse("The file is no text.");
  const text = given.replace(BYTE_ORDER_MARK, "").replaceAll("\r\n", "\n");
  if (text.trim() === "") return refuse("The file is empty.");
  const known = FORMATS.find(({ is }) => is(text));
  return known === undefined ? yamlSource(file, text, "yaml") : known.read(file, text);
};
