// Module names of a model for targets and saved modules; sizes of all catalog models.

import { capitalized } from "#format/phrases.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { TARGET_PRESETS, type TargetPreset } from "#calc/model/layout.ts";
import type { Catalog } from "#catalog/catalog.ts";

/** Families that we do not know, and that people write otherwise than with a capital letter. */
const WRITTEN = new Map([["mpt", "MPT"]]);

/** A `model_type` as a family's name in a sentence: "llama" is Llama, "qwen3_moe" Qwen 3 MoE; another library's "litgpt/llama" is Llama too. @internal */
export const familyName = (type: string): string => {
  const model_type = type.slice(type.indexOf("/") + 1);
  const written = ENGINE.nameOf(model_type) ?? WRITTEN.get(model_type);
  if (written !== undefined) return written;
  const words = model_type
    .replaceAll(/([a-z])(\d)/g, "$1 $2")
    .split("_")
    .map((word) => (word === "moe" ? "MoE" : word));
  const name = words.join(" ");
  return capitalized(name);
};

/** A model's modules by name. */
export type ModelModules = Readonly<{
  /** The family in whose words they are, as a sentence has it. */
  family: string;
  /** All names that `target_modules` can hold. */
  linears: readonly string[];
  /** Which of them a preset means; null where the model's family does not offer it. */
  presets: Readonly<Record<TargetPreset, readonly string[] | null>>;
  /** Embeddings and head: what `modules_to_save` is for. */
  saveable: readonly string[];
  /** Whether experts are fused into stacks, which bitsandbytes by itself does not quantise. */
  hasFusedExperts: boolean;
}>;

/** The names that adapters, and whole copies beside them, choose among in this model. */
export const modelModules = (architecture: Architecture): ModelModules => {
  const linears = ENGINE.linearModuleNames(architecture);
  const { embeddings, head } = ENGINE.layoutOf(architecture);
  const namesOf = (preset: TargetPreset): readonly string[] | null => {
    const names = ENGINE.targetModules(architecture, preset);
    return names === "all-linear" ? linears : names;
  };
  return {
    family: familyName(architecture.model_type),
    linears,
    presets: Object.fromEntries(TARGET_PRESETS.map((preset) => [preset, namesOf(preset)])) as ModelModules["presets"],
    hasFusedExperts: ENGINE.fusedExperts(architecture).weights > 0,
    saveable: [...embeddings.filter(({ kind }) => kind === "embedding").map(({ name }) => name), head.module.name],
  };
};

/** Parameters of each model of the catalog, by its id. */
export type ModelSizes = Readonly<Record<string, number>>;

/**
 * How large the models of the catalog are. The catalog has no sizes: they follow from its configs.
 *
 * @yields after each model
 */
export function* modelSizes(_: Readonly<Record<string, never>>, { models }: Catalog): Generator<void, ModelSizes> {
  const sizes: Record<string, number> = {};
  for (const [id, { architecture }] of Object.entries(models)) {
    sizes[id] = ENGINE.countParameters(architecture);
    yield;
  }
  return sizes;
}
