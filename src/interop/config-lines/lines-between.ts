import type { ConfigLibrary } from "./config-library.ts";
import { isWritten, sameValue } from "./is-written.ts";
import { type Setting, settingName } from "./setting.ts";

/** What changes in a library's file. */
export type ConfigLines = Readonly<{
  /** Whose file: "TrainingArguments, Transformers", "SFTConfig, TRL", "Axolotl YAML". */
  file: string;
  /** Lines of the fields as they are before; only those that change. Empty where a field was not set before. */
  removed: readonly string[];
  added: readonly string[];
  /** For which versions the added lines hold and what has to be installed: "From transformers 4.45, with liger-kernel installed". One sentence each. */
  versions: readonly string[];
  /** Settings that change and that this library has no field for, in words: "torchtune has no field for ...". One sentence each. */
  missing: readonly string[];
}>;

/** The lines of a setting, whether or not a file has them; a table of fields takes more than one. */
const linesOf = (setting: Setting, { write }: ConfigLibrary): readonly string[] => {
  if ("within" in setting) return write(setting).split("\n");
  return "statement" in setting && setting.statement !== null ? [setting.statement] : [];
};

type Named = ReadonlyMap<string, Setting>;

const byName = (settings: readonly Setting[]): Named =>
  new Map(settings.map((setting) => [settingName(setting), setting]));

const differs = (setting: Setting, others: Named): boolean => {
  const other = others.get(settingName(setting));
  if (other === undefined) return true;
  if ("within" in setting) return !("within" in other) || !sameValue(setting.value, other.value);
  if ("statement" in setting) return !("statement" in other) || setting.statement !== other.statement;
  return !("chosen" in other) || setting.chosen !== other.chosen;
};

/** Whether a setting is in the file, or said not to be. */
const isThere = (setting: Setting): boolean => ("when" in setting ? setting.when !== "taken-back" : isWritten(setting));

/** What was there before is said again also where it is the default now: a line that goes leaves it to the library's version. */
const comes = (setting: Setting, before: Named): boolean => {
  const other = before.get(settingName(setting));
  if ("when" in setting && setting.when === "changed") return other !== undefined && differs(setting, before);
  // A default may depend on other fields: what was left to it before has to be said then.
  if (other === undefined || !isThere(other)) return isThere(setting);
  return differs(setting, before);
};

const unique = (sentences: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(sentences.filter((sentence) => sentence !== undefined)),
];

/** The lines that turn settings of a library's file into others. */
export const linesBetween = (
  library: ConfigLibrary,
  were: readonly Setting[],
  are: readonly Setting[],
): ConfigLines => {
  const gone = were.filter((setting) => isWritten(setting) && differs(setting, byName(are)));
  const come = are.filter((setting) => comes(setting, byName(were)));
  return {
    file: library.file,
    removed: gone.flatMap((setting) => linesOf(setting, library)),
    added: come.flatMap((setting) => linesOf(setting, library)),
    versions: unique(come.map((setting) => ("chosen" in setting ? undefined : setting.versions))),
    missing: unique(come.map((setting) => ("chosen" in setting ? setting.sentence : undefined))),
  };
};
