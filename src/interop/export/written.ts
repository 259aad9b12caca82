import { uncapitalized } from "#format/phrases.ts";
import {
  isWritten,
  type FieldSetting,
  type Setting,
  settingName,
  type StatementSetting,
} from "#interop/config-lines/setting.ts";

/** What settings put into a new file. */
export type FileContent = Readonly<{
  fields: readonly FieldSetting[];
  /** Lines that are no fields, by the names of their settings. */
  statements: ReadonlyMap<string, string>;
  /** What has to be installed beside the tool: "bitsandbytes"; and what else versions ask for, in sentences that name the field. */
  beside: readonly string[];
  versions: readonly string[];
  /** What is chosen and has no field: one sentence each. */
  left: readonly string[];
}>;

const unique = (sentences: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(sentences.filter((sentence) => sentence !== undefined)),
];

const isStatement = (setting: Setting): setting is StatementSetting & Readonly<{ statement: string }> =>
  "statement" in setting && setting.statement !== null;

/** Files are for current versions: what only older ones take is not written. */
const isPast = ({ versions }: Readonly<{ versions?: string }>): boolean => versions?.startsWith("Up to ") === true;

const pastWords = ({ field, value, versions = "" }: FieldSetting): string =>
  `${field} takes ${JSON.stringify(value)} in older versions alone: ${uncapitalized(versions)}`;

/** What to install, of a sentence on versions. */
const installed = (versions: string): readonly string[] =>
  [...versions.matchAll(/with ([\w-]+) installed/gi)].map(([, name = ""]) => name);

/** Sentences that say no more than a version and what to install: the file names its versions. */
const isPlain = (versions: string): boolean =>
  /^(From|In|After|With) [\w .-]+?( and [\d.]+)?(, by default from [\d.]+)?(, with [\w-]+ installed)?\.$/.test(
    versions,
  );

/** "quantize_moe_experts: from axolotl 0.15, on CUDA.", of a sentence that says more than a version. */
const askedWords = (setting: FieldSetting | StatementSetting): string | undefined =>
  setting.versions === undefined || isPlain(setting.versions)
    ? undefined
    : `${"field" in setting ? setting.field : setting.name}: ${uncapitalized(setting.versions)}`;

/**
 * Sorts settings into what a new file says and what it cannot say.
 *
 * @param always names of fields that are written also where they are the default
 */
export const writtenOf = (settings: readonly Setting[], always: readonly string[] = []): FileContent => {
  const there = settings.filter((setting) => isWritten(setting) || always.includes(settingName(setting)));
  const fields = there.filter((setting) => "within" in setting);
  const present = fields.filter((field) => !isPast(field));
  const statements = there.filter(isStatement);
  const versioned = [...present, ...statements];
  return {
    fields: present,
    statements: new Map(statements.map(({ name, statement }) => [name, statement])),
    beside: unique(versioned.flatMap(({ versions = "" }) => installed(versions))),
    versions: unique(versioned.map(askedWords)),
    left: unique([
      ...fields.filter(isPast).map(pastWords),
      ...settings.map((setting) => ("when" in setting && setting.when === "chosen" ? setting.sentence : undefined)),
    ]),
  };
};

/** The fields of one call, or section. */
export const fieldsWithin = ({ fields }: Pick<FileContent, "fields">, within: string): readonly FieldSetting[] =>
  fields.filter((field) => field.within === within);

/** A file that a tool runs. */
export type ExportedFile = Readonly<{ name: string; text: string }>;

/** What a scenario becomes for a tool. */
export type Exported = Readonly<{
  /** The tool's own file first; then those beside it: accelerate's, a script. */
  files: readonly ExportedFile[];
  /** What the tool cannot express of the scenario: one sentence each. The files hold the rest. */
  left: readonly string[];
}>;
