import { type FieldSetting, pythonValue } from "#interop/config-lines/setting.ts";
import { hashComment } from "#interop/export/yaml/yaml-text.ts";

/** An argument as Python writes it: `batch_size=4`; positional where it has no name. */
export type Argument = string;

const INDENT = "    ";

/** A call, an argument a line, under what it is assigned to. */
export const pythonCall = (target: string, callee: string, args: readonly Argument[]): readonly string[] => {
  const start = target === "" ? callee : `${target} = ${callee}`;
  return args.length === 0 ? [`${start}()`] : [`${start}(`, ...args.map((each) => `${INDENT}${each},`), ")"];
};

/** Settings of a call as its arguments, some of them by another name. */
export const argumentsOf = (settings: readonly FieldSetting[]): readonly Argument[] =>
  settings.map(({ field, value }) => `${field}=${pythonValue(value)}`);

/** Text in quotes. */
export const quotedText = (text: string): string => JSON.stringify(text);

/** The head of a script. */
export const pythonComment = (lines: readonly string[]): readonly string[] => hashComment(lines);

/** A script of parts, an empty line between them. Empty parts are left out. */
export const pythonFile = (parts: readonly (readonly string[])[]): string =>
  `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n")}\n`;

/** The line that imports names of a module; none where there are no names. */
export const importLine = (module: string, names: readonly string[]): readonly string[] => {
  const sorted = [...new Set(names)].sort();
  return sorted.length === 0 ? [] : [`from ${module} import ${sorted.join(", ")}`];
};
