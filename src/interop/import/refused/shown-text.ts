import { isObject, own } from "#interop/config/raw-config.ts";
import { isCommand, isPython } from "#interop/import/formats/known-format.ts";
import { pythonTokens } from "#interop/import/formats/python/python-tokens.ts";

/** A file's text by what it can name a tool in; empty where it has none of it. */
export type ShownText = Readonly<{
  /** Words of command lines with single spaces, wherever they are: in a shell script, in a job's YAML, after `!` in a notebook. */
  commands: string;
  /** Python without its texts and comments. */
  code: string;
  /** Settings as they are written, without comments. */
  settings: string;
}>;

const withoutComments = (text: string): string => text.replaceAll(/(?<=^|\s)#.*$/gm, "");

/** A command in a list of YAML is one word an item. */
const asWords = (text: string): string =>
  withoutComments(text)
    .replaceAll(/\\\n|\\n/g, " ")
    .replaceAll(/\n[ \t]*-[ \t]+/g, " ")
    .replaceAll(/["'`,[\](){}]/g, " ")
    .replaceAll(/[ \t]+/g, " ");

const isWord = (text: string): boolean => /^[\p{L}\p{N}_]/u.test(text);

/** Code as its names and signs; a code that breaks off is shown as it is written. */
const asCode = (code: string): string => {
  const tokens = pythonTokens(code);
  if ("sentence" in tokens) return withoutComments(code);
  let before = "";
  return tokens
    .map(({ kind, text }) => {
      const piece = kind === "end" ? "\n" : kind === "text" ? '""' : text;
      const isApart = isWord(before) && isWord(piece);
      before = piece;
      return isApart ? ` ${piece}` : piece;
    })
    .join("");
};

/** A line of a notebook that a shell runs. */
const SHELL_LINE = /^[ \t]*[!%](?!%)[ \t]*(?:sh[ \t]|bash[ \t])?(.*)$/gm;
const SHELL_CELL = /^\s*%%(?:bash|sh|script)\b/;

const shellLines = (code: string): string => [...code.matchAll(SHELL_LINE)].map(([, words = ""]) => words).join("\n");

const ofPython = (cells: readonly string[]): ShownText => {
  const isShell = (cell: string): boolean => SHELL_CELL.test(cell);
  const code = cells.filter((cell) => !isShell(cell)).join("\n");
  return {
    commands: asWords([...cells.filter(isShell), shellLines(code)].join("\n")),
    code: asCode(code),
    settings: "",
  };
};

const codeOf = (cell: unknown): readonly string[] => {
  if (!isObject(cell) || own(cell, "cell_type") !== "code") return [];
  return [
    [own(cell, "source")]
      .flat()
      .filter((part) => typeof part === "string")
      .join(""),
  ];
};

/** The code of a notebook's cells; null where a text is none. */
const cellsOf = (text: string): readonly string[] | null => {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    const json: unknown = JSON.parse(text);
    const cells = isObject(json) ? own(json, "cells") : undefined;
    return Array.isArray(cells) ? cells.flatMap(codeOf) : null;
  } catch {
    return null;
  }
};

/** A text by what it can name a tool in. */
export const shownText = (text: string): ShownText => {
  const cells = cellsOf(text);
  if (cells !== null) return ofPython(cells);
  if (!isCommand(text) && isPython(text)) return ofPython([text]);
  return { commands: asWords(text), code: "", settings: withoutComments(text) };
};
