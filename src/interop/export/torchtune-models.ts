import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { catalogModel } from "#interop/import/named-model.ts";
import text from "./torchtune-models.json?raw";
import type { YamlValue } from "./yaml/yaml-text.ts";

/** What torchtune's configs name of one model. */
export type TorchtuneModel = Readonly<{
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
