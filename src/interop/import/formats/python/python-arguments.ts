import type { Plain } from "#interop/import/source.ts";
import { wordOf } from "#interop/import/take.ts";
import type { PythonArgument, PythonCode, Span } from "./python-code.ts";
import { partsOf, pythonValue } from "./python-value.ts";
import { argumentName } from "./wanted-calls.ts";

const isObject = (value: Plain): value is Readonly<Record<string, Plain>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The name that a call's bracket stands after, with its points; "" where it stands after none. */
export const calledName = ({ tokens }: PythonCode, opener: number): string => {
  let from = opener;
  while (tokens[from - 1]?.kind === "name" && (from === opener || tokens[from]?.text === ".")) {
    from -= 1;
    if (tokens[from - 1]?.text !== ".") break;
    from -= 1;
  }
  return tokens
    .slice(from, opener)
    .map(({ text }) => text)
    .join("");
};

/** The arguments of a call, those of an expanded dictionary among them. */
export const argumentsOf = (reader: PythonCode, call: string, inside: Span): readonly PythonArgument[] =>
  partsOf(reader, inside).flatMap((part, index): readonly PythonArgument[] => {
    const [first, second] = reader.tokens.slice(part.from, part.to);
    if (first === undefined) return [];
    if (first.text === "**") {
      const value = pythonValue(reader, { from: part.from + 1, to: part.to });
      if (isObject(value)) return Object.entries(value).map(([name, own]) => ({ name, value: own, line: first.line }));
      return [{ name: `**${wordOf(value)}`, value: wordOf(value), line: first.line }];
    }
    if (first.kind === "name" && second?.text === "=")
      return [{ name: first.text, value: pythonValue(reader, { from: part.from + 2, to: part.to }), line: first.line }];
    return [{ name: argumentName(call, index), value: pythonValue(reader, part), line: first.line }];
  });
