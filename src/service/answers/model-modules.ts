import type { Architecture } from "#calc/model/architecture.ts";
import { TARGET_PRESETS, type TargetPreset } from "#calc/model/layout.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { familyName } from "./family-name.ts";

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
