import { isObject, own } from "#interop/config/raw-config.ts";
import type { Refusal, Source } from "#interop/import/source.ts";
import { matchingBrackets } from "./python/matching-brackets.ts";
import { pythonTokens } from "./python/python-tokens.ts";
import { setsTraining } from "./python/wanted-calls.ts";
import { pythonSource } from "./python-source.ts";

/** A cell of another language, which begins so. Magics that run Python are none. */
const OTHER_LANGUAGE = /^%%(bash|sh|script|html|javascript|js|latex|markdown|perl|ruby|svg|writefile|file)\b/;

/** Whether a cell is no Python and sets nothing of a training: it is passed over, its neighbours are read. */
const isOther = (code: string): boolean => {
  if (OTHER_LANGUAGE.test(code.trimStart())) return true;
  const tokens = pythonTokens(code);
  const isBroken = "sentence" in tokens || "sentence" in matchingBrackets(tokens);
  return isBroken && !setsTraining(code);
};

const linesOf = (cell: unknown): readonly string[] => {
  if (!isObject(cell) || own(cell, "cell_type") !== "code") return [];
  const source = own(cell, "source");
  const parts = Array.isArray(source) ? source : [source];
  const code = parts.filter((part) => typeof part === "string").join("");
  return isOther(code) ? [] : code.split("\n");
};

/** Each search that finds nothing goes through all of the text. */
const MOST_SEARCHES_IN_VAIN = 50;

/** Where each line of code stands in the notebook's own text; a line that is written otherwise there stands where the one before it does. */
const placesOf = (text: string, lines: readonly string[]): readonly number[] => {
  let [at, line, inVain] = [0, 1, 0];
  return lines.map((each) => {
    const isSought = each.trim() !== "" && inVain < MOST_SEARCHES_IN_VAIN;
    const found = isSought ? text.indexOf(JSON.stringify(each).slice(1, -1), at) : -1;
    if (isSought && found === -1) inVain += 1;
    if (found !== -1) {
      line += text.slice(at, found).split("\n").length - 1;
      at = found;
    }
    return line;
  });
};

/** Reads a notebook: the code of its cells in their order, as one. null: the text is no notebook. */
export const notebookSource = (file: string, text: string): Source | Refusal | null => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(json)) return null;
  const cells = own(json, "cells");
  if (!Array.isArray(cells)) return null;
  const lines = cells.flatMap(linesOf);
  const places = placesOf(text, lines);
  return pythonSource(file, lines.join("\n"), (line) => places[line - 1] ?? 1);
};
