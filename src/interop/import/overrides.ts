// Overrides of a file's fields on a command line, such as lora_rank=8.

import { type PlainValue, wordOf, type Source, type SourceField } from "./source-fields.ts";
import { yamlSource } from "./formats/yaml-source.ts";

/** The words of a flag's values, or of a command. */
export const commandWords = (value: PlainValue): readonly string[] =>
  Array.isArray(value) ? (value as readonly PlainValue[]).flatMap(commandWords) : wordOf(value).split(/\s+/);

/** `lora_rank=8`, `model.lora_attn_modules=[q_proj]`; a mark before it takes a field away. */
const SETTING = /^~?[\w.@/-]+=|^~[\w.@/-]+$/;

/** Whether a word of a command sets a field of the file that the command names. */
export const isSetting = (word: string): boolean => SETTING.test(word);

/** A setting as a field: its name, and its value as it is written. */
const settingField = (at: SourceField, word: string): SourceField => {
  const equals = word.indexOf("=");
  return {
    ...at,
    path: word.slice(0, equals === -1 ? undefined : equals),
    value: equals === -1 ? "" : word.slice(equals + 1),
  };
};

/** What is set beside a file, in its order, each where the command has it. */
export const commandSettings = (at: SourceField): readonly SourceField[] =>
  commandWords(at.value)
    .filter(isSetting)
    .map((word) => settingField(at, word));

type Fields = Map<string, SourceField>;

/** More settings than a person writes are left as they are written: each is parsed by itself. */
const MOST_PARSED = 300;

/** The fields that a value is, as OmegaConf reads it, which is as YAML: one, or those of a section. */
const valueFields = ({ file, path, value, line }: SourceField): readonly SourceField[] => {
  const read = yamlSource(file, `value: ${wordOf(value)}`, "yaml");
  if ("sentence" in read) return [{ file, path, value, line }];
  return [...read.fields].map(([own, field]) => {
    const inside = own.replace(/^value/, path);
    return { file, path: inside, value: field.value, line };
  });
};

/** A component that is set by its section's name: `optimizer=torch.optim.SGD`. */
const named = (fields: Fields, path: string): string =>
  fields.has(`${path}._component_`) ? `${path}._component_` : path;

/** Takes away what another value does not leave: what was in it, and what it is in, if that was a value. */
const clear = (fields: Fields, path: string): void => {
  const names = path.split(".");
  for (const index of names.keys()) fields.delete(names.slice(0, index + 1).join("."));
  const section = `${path}.`;
  for (const each of fields.keys()) if (each.startsWith(section)) fields.delete(each);
};

const apply = (fields: Fields, setting: SourceField, isParsed: boolean): void => {
  if (setting.path.startsWith("~")) return clear(fields, setting.path.slice(1));
  const path = named(fields, setting.path);
  clear(fields, path);
  const set = { ...setting, path };
  for (const field of isParsed ? valueFields(set) : [set]) fields.set(field.path, field);
};

/**
 * A file with what a command sets beside it, later settings before earlier ones.
 *
 * @see torchtune@bd2a0fc7:torchtune/config/_utils.py, _merge_yaml_and_cli_args; LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/parser.py, read_args
 */
export const withCommandSettings = (source: Source, settings: readonly SourceField[]): Source => {
  const fields = new Map(source.fields);
  for (const [index, setting] of settings.entries()) apply(fields, setting, index < MOST_PARSED);
  return { ...source, fields };
};
