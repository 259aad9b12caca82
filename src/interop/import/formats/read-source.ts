import type { GivenFile, Refusal, Source } from "#interop/import/source.ts";
import { yamlSource } from "./yaml-source.ts";

/** Real files of settings have a few kilobytes, notebooks with pictures a few megabytes. */
const MOST_CHARACTERS = 2 ** 22;

const BYTE_ORDER_MARK = /^\uFEFF/;

/** What no text has, and every binary file. */
const isBinary = (text: string): boolean => text.includes("\0") || text.includes("\uFFFD");

/** Reads a file's fields, whatever it is written in, which is seen in its text. */
export const readSource = ({ name: file, text: given }: GivenFile): Source | Refusal => {
  const refuse = (sentence: string): Refusal => ({ file, line: null, sentence });
  if (given.length > MOST_CHARACTERS)
    return refuse(`The file has ${given.length} characters, more than ${MOST_CHARACTERS}.`);
  if (isBinary(given)) return refuse("The file is no text.");
  const text = given.replace(BYTE_ORDER_MARK, "").replaceAll("\r\n", "\n");
  if (text.trim() === "") return refuse("The file is empty.");
  return yamlSource(file, text, text.trimStart().startsWith("{") ? "json" : "yaml");
};
