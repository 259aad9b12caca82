import type { NamedBase } from "./named-base.ts";
import type { ObjectiveId } from "#calc/model/objective.ts";
import type { StackId } from "#catalog/stacks.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { ExportedFile, FileContent } from "./written.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { catalogModel } from "#interop/import/named-model.ts";
import text from "./torchtune-models.json?raw";
import type { YamlValue } from "./yaml/yaml-text.ts";

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
