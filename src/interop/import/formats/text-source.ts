// Fields of a training file in any format: command, Python, notebook, JSON, TOML, YAML.

import type { Refusal, Source, GivenFile } from "#interop/import/source-fields.ts";
import { brokenJsonWords } from "#interop/config-json/config-issues.ts";
import { formatCount } from "#format/numbers.ts";
import { jsonPlaces, placeWords } from "#interop/config-json/json-places.ts";
import { refusedTool } from "#interop/import/refused-tools.ts";
import { isCommand, isPython, isToml } from "./format-detection.ts";
import { tomlSource } from "./toml-source.ts";
import { yamlSource } from "./yaml-source.ts";
import { commandSource } from "./command-source.ts";
import { pythonSource, notebookSource } from "./python-source.ts";

/** Real files of settings have a few kilobytes, notebooks with pictures a few megabytes. */
const MOST_CHARACTERS = 2 ** 22;

const BYTE_ORDER_MARK = /^\uFEFF/;

/** Every second byte of plain letters is none; its byte-order mark is no sign of UTF-8. */
const UTF_16 = /^\uFFFD{0,2}(?:(?:[^\0\uFFFD]\0){4}|(?:\0[^\0\uFFFD]){4})/;

/** What no text has, and every binary file. */
const isBinary = (text: string): boolean => text.includes("\0") || text.includes("\uFFFD");

/** Where a text is no JSON, alike in every browser; null where it is all JSON. */
const brokenJson = (file: string, text: string): Refusal | null => {
  const { problem } = jsonPlaces(text);
  if (problem === null) return null;
  const [, line, column] = /(\d+), column (\d+)/.exec(placeWords(text, problem.index)) ?? [];
  return { file, line: Number(line), sentence: `This is not JSON. Column ${column}: ${brokenJsonWords(problem)}` };
};

/** JSON as YAML, with its text; or a notebook. */
const jsonSource = (file: string, text: string): Source | Refusal => {
  const read = notebookSource(file, text) ?? yamlSource(file, text, "json");
  return "sentence" in read ? (brokenJson(file, text) ?? read) : { ...read, text };
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

/**
 * Reads a file's fields, whatever it is written in, which is seen in its text.
 *
 * @param isJson it is known to be JSON, whatever it looks like
 */
export const readSource = ({ name: file, text: given }: GivenFile, isJson = false): Source | Refusal => {
  const refuse = (sentence: string): Refusal => ({ file, line: null, sentence });
  if (given.length > MOST_CHARACTERS)
    return refuse(`The file has ${formatCount(given.length)} characters, more than ${formatCount(MOST_CHARACTERS)}.`);
  if (UTF_16.test(given))
    return refuse("The file is written in UTF-16: what is read is UTF-8, which editors save, too.");
  if (isBinary(given)) return refuse("The file is no text.");
  const text = given.replace(BYTE_ORDER_MARK, "").replaceAll("\r\n", "\n");
  if (text.trim() === "") return refuse("The file is empty.");
  if (isJson) return jsonSource(file, text);
  const refused = refusedTool({ name: file, text });
  if (refused !== null) return refused;
  const known = FORMATS.find(({ is }) => is(text));
  return known === undefined ? yamlSource(file, text, "yaml") : known.read(file, text);
};
