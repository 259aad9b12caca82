// Text of exported files: Python calls and imports, YAML entries, comments.

import { Document, type Pair, type Scalar } from "yaml";
import { type FieldSetting, type Value, pythonValue } from "#interop/config-lines/setting.ts";

/** What a file of settings holds. */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | Readonly<{ [field: string]: YamlValue }>;

/** A top field, its value, and what is said beside it. */
export type YamlEntry = Readonly<{ field: string; value: YamlValue; comment?: string }>;

/** PyYAML reads 1.1, in which `on` is a boolean: such words are quoted. Long lines stay whole. */
const AS_PYYAML = { version: "1.1", lineWidth: 0 } as const;

/** A value as YAML has it. Types of PyTorch are words there. */
export const yamlValue = (value: Value): YamlValue => {
  if (typeof value !== "object" || value === null) return value;
  if ("code" in value) return value.code.replace(/^torch\./, "");
  return "fields" in value ? value.fields : value;
};

/** A setting as an entry. */
export const yamlEntry = ({ field, value }: FieldSetting): YamlEntry => ({ field, value: yamlValue(value) });

const commented = (text: string): string => ` ${text}`;

/** A YAML file: the head as a comment, then the entries in their order. */
export const yamlText = (head: readonly string[], entries: readonly YamlEntry[]): string => {
  const document = new Document(Object.fromEntries(entries.map(({ field, value }) => [field, value])), AS_PYYAML);
  const pairs = (document.contents as unknown as Readonly<{ items: readonly Pair<Scalar, Scalar>[] }>).items;
  for (const [index, { comment }] of entries.entries()) {
    const value = pairs[index]?.value;
    if (comment !== undefined && value) value.comment = commented(comment);
  }
  document.commentBefore = head.map(commented).join("\n");
  // The directive %YAML would stand before the comment: PyYAML needs none.
  document.directives = undefined as never;
  return document.toString({ lineWidth: 0 });
};

/** What ends a line somewhere: in Python, a shell, TOML or an editor. */
const BREAKS = /[\n\v\f\r\u0085\u2028\u2029]+/g;

/**
 * Lines as comments of a script, a command or TOML. A line end in one of them (the type of a custom architecture is text of whoever made the link) would begin a line that is run.
 */
export const hashComment = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => `# ${line.replaceAll(BREAKS, " ")}`);

/** An argument as Python writes it: `batch_size=4`; positional where it has no name. */
type Argument = string;

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
