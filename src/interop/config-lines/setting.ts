// Types of a library's settings, their syntax in Python, YAML, TOML, and commands, and PyTorch's allocator variable.

import type { ChosenRun } from "./chosen-run.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Compute } from "#scenario/keys/values.ts";

/** A value as libraries' files have them; `code` is an expression: `torch.bfloat16`. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  | Readonly<{ code: string }>
  | Readonly<{ fields: Readonly<Record<string, string | number | boolean>> }>;

/** A field of a library's file, and what these choices put in it. */
export type FieldSetting = Readonly<{
  /** Where it stands: the call, or the section. */
  within: string;
  field: string;
  value: Value;
  /** The library's own default: a line that says the same is not written. Absent: every file has this line. */
  otherwise?: Value;
  /** For which versions it holds, and what has to be installed: one sentence. */
  versions?: string;
}>;

/** A line that is no field: a call, a command. null: these choices need no such line. */
export type StatementSetting = Readonly<{ name: string; statement: string | null; versions?: string }>;

/** What these choices set, and no line of this library says. */
export type UnwrittenSetting = Readonly<{
  name: string;
  /** What is chosen: nothing is said where this stays. */
  chosen: string;
  sentence: string;
  /**
   * When it is said: with all that is chosen; where it follows something else that was chosen, being what the library does by itself; where it changes,
   * being part of what is said anyway.
   */
  when: "chosen" | "taken-back" | "changed";
}>;

/** One thing that choices set in a training library. */
export type Setting = FieldSetting | StatementSetting | UnwrittenSetting;

/** By what a setting is found again among those of other choices. */
export const settingName = (setting: Setting): string =>
  "within" in setting ? `${setting.within}.${setting.field}` : setting.name;

/** Values of a file are compared as they are written. */
export const sameValue = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** A file has lines of what is not the library's default, and of what every file names. */
export const isWritten = (setting: Setting): boolean => {
  if ("within" in setting) return setting.otherwise === undefined || !sameValue(setting.value, setting.otherwise);
  return "statement" in setting;
};

type Words = Readonly<{ true: string; false: string; null: string }>;

const PYTHON: Words = { true: "True", false: "False", null: "None" };
const YAML: Words = { true: "true", false: "false", null: "null" };

/** Text in quotes, a list in brackets, a table in braces, as Python, TOML and JSON share it. */
const literal = (value: Value, words: Words): string => {
  if (value === null) return words.null;
  if (typeof value === "boolean") return value ? words.true : words.false;
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if ("code" in value) return value.code;
  if ("fields" in value) {
    const fields = Object.entries(value.fields).map(([name, each]) => `"${name}": ${literal(each, words)}`);
    return `{${fields.join(", ")}}`;
  }
  return `[${value.map((each) => literal(each, words)).join(", ")}]`;
};

/** A value as Python writes it. */
export const pythonValue = (value: Value): string => literal(value, PYTHON);

/**
 * Arguments of calls, one a line; what belongs to another call than the file is named after says so.
 *
 * @param main the call that the file is named after
 */
export const pythonArgument =
  (main: string) =>
  ({ within, field, value }: FieldSetting): string => {
    const argument = `${field}=${pythonValue(value)},`;
    return within === main ? argument : `${argument}  # ${within}`;
  };

/** Text stands plain in YAML; lists and tables take a line for each of what is in them. */
export const yamlField = ({ field, value }: FieldSetting): string => {
  if (typeof value === "string") return `${field}: ${value}`;
  if (typeof value !== "object" || value === null) return `${field}: ${literal(value, YAML)}`;
  if ("code" in value) return `${field}: ${value.code}`;
  if ("fields" in value) {
    const fields = Object.entries(value.fields).map(
      ([name, each]) => `  ${yamlField({ within: "", field: name, value: each })}`,
    );
    return [`${field}:`, ...fields].join("\n");
  }
  return [`${field}:`, ...value.map((each) => `  - ${each}`)].join("\n");
};

/** A key with its section before it, as TOML lets one write it: `training.seq_len = 2048`. */
export const tomlField = ({ within, field, value }: FieldSetting): string =>
  `${within}.${field} = ${literal(value, YAML)}`;

/** What stands behind a command, with Python's words. */
const plain = (value: Value): string =>
  typeof value === "string" ? value : literal(value, PYTHON).replaceAll('"', "'").replaceAll(" ", "");

/** An override of a field of a YAML: `model.lora_rank=8`. */
export const overrideField = ({ within, field, value }: FieldSetting): string =>
  `${within === "" ? field : `${within}.${field}`}=${plain(value)}`;

/** An option of a command: `--train.micro_batch_size 2`. */
export const optionField = ({ within, field, value }: FieldSetting): string =>
  `--${within === "" ? field : `${within}.${field}`} ${typeof value === "boolean" ? String(value) : plain(value)}`;

/** What a training library's file is called, how it writes a field, and what choices put in it. */
export type ConfigLibrary = Readonly<{
  file: string;
  write: (setting: FieldSetting) => string;
  settings: (run: ChosenRun) => readonly Setting[];
  /** Moments outside the training step that are asked for: no file that is exported names them. */
  ofRun: (run: ChosenRun) => readonly Setting[];
}>;

/** A field that stands in no section. */
export const topField = (field: string): Readonly<{ within: string; field: string }> => ({ within: "", field });

/** The old name, which every version heeds: 2.9 does not take expandable segments from `PYTORCH_ALLOC_CONF`. @see pytorch/pytorch#183387, #167659 */
const NAME = "PYTORCH_CUDA_ALLOC_CONF";

const exported = (option: string): string => `export ${NAME}=${option}`;

/** What is set of PyTorch's allocator, for the shell that starts a run; no library has a field for it. @see pytorch/pytorch#96995 (expandable_segments: 2.1) */
export const allocatorVariable = ({ alloc }: Pick<Choices, "alloc">): StatementSetting => {
  if (typeof alloc === "number") return { name: NAME, statement: exported(`max_split_size_mb:${alloc}`) };
  return alloc === "expandable"
    ? { name: NAME, statement: exported("expandable_segments:True"), versions: "From PyTorch 2.1, on Linux." }
    : { name: NAME, statement: null };
};

/** Sentences without those that are missing or come again. */
export const uniqueSentences = (sentences: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(sentences.filter((sentence) => sentence !== undefined)),
];

/** Types as PyTorch calls them. */
export const TORCH_TYPES: Readonly<Record<Compute, string>> = { fp32: "float32", bf16: "bfloat16", fp16: "float16" };
