import type { FieldSetting, Value } from "./setting.ts";

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
