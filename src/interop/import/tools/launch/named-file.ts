import type { Finding } from "#interop/import/finding.ts";
import { ownName } from "#interop/import/own-name.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Plain, Source, SourceField } from "#interop/import/source.ts";
import { wordOf } from "#interop/import/take.ts";

const FILE = /\.(?:ya?ml|json|toml)$/i;
const SETTING = /^[+~]{0,2}[\w.@/-]+=/;

const OF_A_FILE = "It names a file, which is not read: import that one beside this.";
const OF_THE_TOOL =
  "It names a config of the tool's own, which is not read: copy it to a file, and import that one beside this.";
const BESIDE_A_FILE = "It is set beside a file and not read: set it in the file.";

const wordsOf = (value: Plain): readonly string[] =>
  Array.isArray(value) ? (value as readonly Plain[]).map(wordOf) : wordOf(value).split(/\s+/);

/** What a command sets beside a file, `lora_rank=8`: each as a field of its own. */
const settingsOf = (field: SourceField, words: readonly string[]): readonly Finding[] =>
  words
    .filter((word) => SETTING.test(word))
    .map((word) => {
      const at = word.indexOf("=");
      const set = { ...field, path: word.slice(0, at), value: word.slice(at + 1) };
      return { kind: "not-modelled", field: set, sentence: BESIDE_A_FILE };
    });

/** `--config x.yaml a=1`: the first word is a file, or a config of the tool's own, whatever it ends in. */
const readConfig = (field: SourceField): readonly Finding[] => {
  const [file = "", ...rest] = wordsOf(field.value);
  const sentence = FILE.test(file) ? OF_A_FILE : OF_THE_TOOL;
  return [{ kind: "not-modelled", field, sentence, names: ownName(file) }, ...settingsOf(field, rest)];
};

/** The file of fields that a command names by `--config` or among its words, and what it sets beside it. */
export const readNamedFile = (source: Source): readonly Finding[] => {
  const config = fieldOf(source, "config");
  if (config !== undefined) return readConfig(config);
  const command = fieldOf(source, "command");
  const words = wordsOf(command?.value ?? "");
  const file = words.find((word) => FILE.test(word));
  if (command === undefined || file === undefined) return [];
  const named: Finding = { kind: "not-modelled", field: command, sentence: OF_A_FILE, names: ownName(file) };
  return [named, ...settingsOf(command, words)];
};
