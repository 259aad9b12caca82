import { isOfVision } from "#interop/import/vision-fields.ts";
import type { Plain } from "#interop/import/source.ts";
import type { PythonCode, Span } from "./python-code.ts";
import { pythonValue } from "./python-value.ts";

/** A variable of the environment that a code sets for itself. */
export type PythonVariable = Readonly<{ name: string; value: Plain; line: number }>;

/** Variables that change what a training takes; all others are passed over. */
const ALLOCATOR = /^PYTORCH_\w*ALLOC_CONF$/;

const isWanted = (name: string): boolean => ALLOCATOR.test(name) || isOfVision(name);

const textAt = ({ tokens }: PythonCode, at: number): string => tokens[at]?.text ?? "";

/** `os.environ["NAME"] = value`, where a line begins so. */
const assigned = (code: PythonCode, line: Span): Plain | undefined => {
  const signs = [1, 3, 5, 6].map((step) => textAt(code, line.from + step)).join("");
  return signs === ".[]=" ? pythonValue(code, { from: line.from + 7, to: line.to }) : undefined;
};

/** `os.environ.setdefault("NAME", value)`. */
const byDefault = (code: PythonCode, line: Span): Plain | undefined => {
  const words = [1, 3, 4, 5, 7].map((step) => textAt(code, line.from + step)).join("");
  const end = code.closed.get(line.from + 5) ?? line.to;
  return words === "..setdefault(," ? pythonValue(code, { from: line.from + 8, to: end }) : undefined;
};

/** What a line of code sets in the environment; undefined: nothing that is wanted. */
export const variableOf = (code: PythonCode, line: Span): PythonVariable | undefined => {
  if (textAt(code, line.from) !== "os" || textAt(code, line.from + 2) !== "environ") return undefined;
  const name = [4, 6].map((step) => textAt(code, line.from + step)).find(isWanted);
  const value = assigned(code, line) ?? byDefault(code, line);
  return name === undefined || value === undefined
    ? undefined
    : { name, value, line: code.tokens[line.from]?.line ?? 1 };
};
