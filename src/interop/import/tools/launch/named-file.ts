import type { Finding } from "#interop/import/finding.ts";
import { ownName } from "#interop/import/own-name.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import { settingsOf } from "#interop/import/overrides.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { wordsOf } from "#interop/import/words-of.ts";

/** What a file of settings ends in. */
const FILE = /\.(?:ya?ml|json|toml)$/i;

const OF_A_FILE = "It names a file, which is not read: import that one beside this.";
const OF_THE_TOOL =
  "It names a config of the tool's own, which is not read: copy it to a file, and import that one beside this.";
const BESIDE_A_FILE = "It is set beside a file and not read: set it in the file.";

/** What a command sets beside a file, `lora_rank=8`: each as a field of its own. */
const unread = (field: SourceField): readonly Finding[] =>
  settingsOf(field).map((set) => ({ kind: "not-modelled", field: set, sentence: BESIDE_A_FILE }));

/** `--config x.yaml a=1`: the first word is a file, or a config of the tool's own, whatever it ends in. */
const readConfig = (field: SourceField, starts?: string): readonly Finding[] => {
  const [file = ""] = wordsOf(field.value);
  const sentence = FILE.test(file) ? OF_A_FILE : OF_THE_TOOL;
  return [{ kind: "not-modelled", field, sentence, names: starts ?? ownName(file) }, ...unread(field)];
};

/** The file of fields that a command names by `--config` or among its words, and what it sets beside it. */
export const readNamedFile = (source: Source): readonly Finding[] => {
  const config = fieldOf(source, "config");
  if (config !== undefined) return readConfig(config, source.starts);
  const command = fieldOf(source, "command");
  const words = wordsOf(command?.value ?? "");
  const file = words.find((word) => FILE.test(word));
  if (command === undefined || file === undefined) return [];
  const named: Finding = { kind: "not-modelled", field: command, sentence: OF_A_FILE, names: ownName(file) };
  return [named, ...unread(command)];
};
