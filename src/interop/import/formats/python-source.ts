// Reader of Python scripts and notebooks: the calls that set training fields.

import { type Refusal, type Source, type SourceField, flatFields } from "#interop/import/source-fields.ts";
import { type PythonCall, pythonCalls, setsTraining } from "./python-calls.ts";
import { isObject, ownField } from "#interop/config-json/config-issues.ts";
import { matchingBrackets, pythonTokens } from "./python-tokens.ts";

const UNKNOWN_OWNER = "It is set on a name of which only a run knows what it is.";

/** More calls of one kind than any script has. */
const MOST_CALLS = 500;

/** What a call of a class is called the second time: "SFTConfig(2)". */
const counted = (calls: readonly PythonCall[]): readonly PythonCall[] => {
  const seen = new Map<string, number>();
  return calls.map((call) => {
    const count = (seen.get(call.name) ?? 0) + 1;
    seen.set(call.name, count);
    return count === 1 ? call : { ...call, name: `${call.name}(${count})` };
  });
};

const pythonSourceFieldsOf = (file: string, { name, arguments: given }: PythonCall): readonly [string, SourceField][] =>
  given.flatMap((each) => [...flatFields({ [`${name}.${each.name}`]: each.value }, file, () => each.line)]);

/**
 * Reads Python code, or a notebook's, as the calls that set something of a training: "SFTConfig.per_device_train_batch_size". Nothing is
 * run.
 *
 * @param lineOf where a line of the code stands in the file
 */
export const pythonSource = (
  file: string,
  code: string,
  lineOf: (line: number) => number = (line) => line,
): Source | Refusal => {
  const read = pythonCalls(code);
  if ("sentence" in read) return { file, line: lineOf(read.line), sentence: read.sentence };
  const { calls, asides, environment } = read;
  if (calls.length === 0) return { file, line: null, sentence: "No call in this code sets anything of a training." };
  if (calls.length > MOST_CALLS)
    return { file, line: null, sentence: `The code has ${calls.length} calls that set something of a training.` };
  const each = counted(calls);
  const fields = [
    ...environment.map(({ name, value, line }) => [name, { file, path: name, value, line }] as const),
    ...each.flatMap((call) => pythonSourceFieldsOf(file, call)),
  ];
  return {
    file,
    format: "python",
    asides: asides.map(({ name, value, line }) => ({
      field: { file, path: name, value, line: lineOf(line) },
      sentence: UNKNOWN_OWNER,
    })),
    calls: each.map(({ name, line }) => ({ name, line: lineOf(line) })),
    fields: new Map(fields.map(([path, field]) => [path, { ...field, line: lineOf(field.line) }])),
  };
};

/** A cell of another language, which begins so. Magics that run Python are none. */
const OTHER_LANGUAGE = /^%%(bash|sh|script|html|javascript|js|latex|markdown|perl|ruby|svg|writefile|file)\b/;

/** Whether a cell is no Python and sets nothing of a training: it is passed over, its neighbours are read. */
const isOther = (code: string): boolean => {
  if (OTHER_LANGUAGE.test(code.trimStart())) return true;
  const tokens = pythonTokens(code);
  const isBroken = "sentence" in tokens || "sentence" in matchingBrackets(tokens);
  return isBroken && !setsTraining(code);
};

const codeOf = (cell: unknown): readonly string[] => {
  if (!isObject(cell) || ownField(cell, "cell_type") !== "code") return [];
  const parts = [ownField(cell, "source")].flat();
  return [parts.filter((part) => typeof part === "string").join("")];
};

/** The code of a notebook's cells; null where a text is none. */
export const notebookCode = (text: string): readonly string[] | null => {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    const json: unknown = JSON.parse(text);
    const cells = isObject(json) ? ownField(json, "cells") : undefined;
    return Array.isArray(cells) ? cells.flatMap(codeOf) : null;
  } catch {
    return null;
  }
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
  const cells = notebookCode(text);
  if (cells === null) return null;
  const lines = cells.filter((code) => !isOther(code)).flatMap((code) => code.split("\n"));
  const places = placesOf(text, lines);
  return pythonSource(file, lines.join("\n"), (line) => places[line - 1] ?? 1);
};
