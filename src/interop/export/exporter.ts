// Types and content of exported files: written settings, placeholders, tool versions, the estimate in words.

import type { NamedBase } from "./named-base.ts";
import type { ObjectiveId } from "#calc/model/objective.ts";
import type { StackId } from "#catalog/stacks.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import {
  type Setting,
  isWritten,
  type FieldSetting,
  settingName,
  type StatementSetting,
  uniqueSentences,
} from "#interop/config-lines/setting.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { catalogModel } from "#interop/import/named-model.ts";
import text from "./torchtune-models.json?raw";
import type { YamlValue } from "./file-text.ts";
import { uncapitalized, capitalized, gpuPhrase } from "#format/phrases.ts";
import { formatGib } from "#format/bytes.ts";
import { plainSpaces } from "#format/numbers.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";

/** What a scenario does not say and a run needs. Words in capitals are to be replaced. */
export const PLACEHOLDERS = {
  data: "YOUR_DATASET",
  output: "YOUR_OUTPUT_FOLDER",
} as const;

/** A rate to begin with: no choice says it, and it changes no memory. */
export const LEARNING_RATE = 0.0002;

/** What is said beside a placeholder. */
export const PLACEHOLDER = "placeholder";

const NAMES = /\bYOUR_[A-Z_]+/g;

/**
 * What is to be replaced, in words: the placeholders that files have, in their order; no line where they have none.
 *
 * @param body the text of the files
 */
export const placeholderLines = (body: string, { name, placeholder }: NamedBase): readonly string[] => {
  const found = [...new Set(body.match(NAMES) ?? [])];
  if (found.length === 0) return [];
  const words = found.map((each) => (each === name && placeholder !== null ? `${each} (${placeholder})` : each));
  return [`To replace: ${words.join(", ")}; data, rate and length of training are examples.`];
};

/** What a tool's files are made of. */
export type Exporting = Readonly<{
  run: ChosenRun;
  base: NamedBase;
  /** The same as torchtune names it. */
  torchtune: TorchtuneModel | undefined;
  written: FileContent;
  /** What stands at the top of the tool's own file as a comment, a line each. */
  head: readonly string[];
}>;

/** A tool, and how its files are written. */
export type Exporter = Readonly<{
  /** With the versions whose fields are written: "TRL 1.16.0, transformers 5.24.0". */
  name: string;
  /** What its runs are counted as; null: as chosen, of a file that any library's script is started with. */
  stack: StackId | null;
  /** What files are written for; absent: what is counted of its stack, or all where it has none. */
  writesFor?: (objective: ObjectiveId) => boolean;
  /** What it does where that is left open, of a tool that is counted as another one's stack. */
  own?: Partial<Choices>;
  /** The settings of its files, of which what is not the tool's default is written. */
  settings: (run: ChosenRun) => readonly Setting[];
  /** Settings that are written also where they are the default, by name: "from_pretrained.dtype". */
  always?: readonly string[];
  /** What else the files cannot say of the model: one sentence each. */
  lacks?: (exporting: Pick<Exporting, "run" | "base" | "torchtune">) => readonly string[];
  /** How a run is started, where no setting says it. */
  start?: (run: ChosenRun) => string;
  files: (exporting: Exporting) => readonly ExportedFile[];
}>;

/** What torchtune's configs name of one model. */
type TorchtuneModel = Readonly<{
  repo: string;
  /** The whole model, and the one with adapters. */
  builders: Readonly<{ full: string; lora: string }>;
  tokenizer: Readonly<Record<string, YamlValue>>;
  checkpointer: Readonly<Record<string, YamlValue>>;
}>;

/** torchtune's own configs. @see tools/exports/list_torchtune.py */
const { models: MODELS } = JSON.parse(text) as Readonly<{ models: readonly TorchtuneModel[] }>;

/** The model as torchtune's configs have it; undefined where it ships none of these sizes. */
export const torchtuneModel = ({ model }: Pick<Choices, "model">, catalog: Catalog): TorchtuneModel | undefined =>
  model.kind === "catalog" ? MODELS.find(({ repo }) => catalogModel(repo, catalog) === model.id) : undefined;

/** The versions whose fields exported files have: those that the lists of `tests/golden/config-keys.json` were read in (`tools/exports/list_keys.py`). */
export const VERSIONS = {
  transformers: "5.24.0",
  peft: "0.21.2",
  trl: "1.16.0",
  accelerate: "1.15.0",
  axolotl: "0.18.0",
  llamafactory: "0.9.5",
  torchtune: "0.6.1",
  "ms-swift": "4.6.0",
  torchtitan: "0.2.2",
  deepspeed: "0.19.8",
  unsloth: "2026.8.19",
} as const;

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
export const contentOfSettings = (settings: readonly Setting[], always: readonly string[] = []): FileContent => {
  const there = settings.filter((setting) => isWritten(setting) || always.includes(settingName(setting)));
  const fields = there.filter((setting) => "within" in setting);
  const present = fields.filter((field) => !isPast(field));
  const statements = there.filter(isStatement);
  const versioned = [...present, ...statements];
  return {
    fields: present,
    statements: new Map(statements.map(({ name, statement }) => [name, statement])),
    beside: uniqueSentences(versioned.flatMap(({ versions = "" }) => installed(versions))),
    versions: uniqueSentences(versioned.map(askedWords)),
    left: uniqueSentences([
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

const fitWords = ({ fit, headroomBytes, cannotRun }: MethodAnswer["card"]): string => {
  switch (fit) {
    case "fits":
      return "it fits";
    case "tight":
      return `it may not fit: ${formatGib(headroomBytes)} GiB free`;
    case "over":
      return "it does not fit";
    case "cannot-run":
      return `it cannot run: ${cannotRun ?? "the card lacks what it needs"}`;
    default:
      return fit satisfies never;
  }
};

/** "LoRA of Llama 3.1 8B on a GeForce RTX 4090: 17.4 GiB needed of 23.5, it fits." */
export const estimateWords = ({ model, gpu, choices, usedBytes, methods }: Answer): string => {
  const [method] = methods;
  if (method === undefined) return "";
  const { estimate, card } = method;
  const each = choices.gpus > 1 ? " each" : "";
  const figures = `${formatGib(estimate.onCardBytes)} GiB needed of ${formatGib(gpu.usableBytes - usedBytes)}${each}`;
  const words = fitWords(card);
  return `${capitalized(METHOD_NAMES[method.method].inSentence)} of ${model.name} on ${gpuPhrase(gpu.name, choices.gpus)}: ${figures}, ${words}${words.endsWith(".") ? "" : "."}`;
};

/** Comments keep to plain letters: some tools read their files as ASCII. */
export const plainLetters = (text: string): string =>
  plainSpaces(text).replaceAll("\u2019", "'").replaceAll("\u00D7", "x").replaceAll("\u2212", "-");

/** Of a tool that puts in all of Liger's kernels or none: that its fused loss was counted alone. */
export const ligerLossAlone = ({ resolved: { loss, liger } }: ChosenRun, tool: string): readonly string[] =>
  loss === "fused" && liger === false ? [`${tool} has no field for Liger’s fused loss without its other kernels.`] : [];
