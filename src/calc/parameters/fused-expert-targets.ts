// Fused experts that a LoRA config targets, by old names, by parameter names or as Unsloth does, with their ranks.

import { expertAdaptersOf, type Matrix } from "#calc/model/tuners.ts";
import type { AdaptedExperts, ExpertsModule } from "#calc/model/layout.ts";
import type { Lora, ModellingId } from "#calc/model/scenario.ts";

/** Matrices of all experts in one, and the rank of their adapters: these lie in one A and one B. */
type AdaptedMatrix = readonly [Matrix, number];

/** Fused experts by their own name. */
const parameterNamed = (module: ExpertsModule, name: string): Matrix | null => {
  const tensor = module.tensors.find((each) => each.name === name && each.shape.length === 3);
  if (tensor === undefined) return null;
  const [, rows = 1, columns = 1] = tensor.shape;
  const [out_features, in_features] = module.transposed ? [columns, rows] : [rows, columns];
  return { kind: "experts", path: `${module.name}.${name}`, in_features, out_features };
};

const parametersNamed = (
  module: ExpertsModule,
  r: number,
  isMeant: (name: string) => boolean,
): readonly AdaptedMatrix[] =>
  module.tensors.flatMap(({ name }): readonly AdaptedMatrix[] => {
    const matrix = isMeant(name) ? parameterNamed(module, name) : null;
    return matrix === null ? [] : [[matrix, r * module.num_experts]];
  });

/** Those that names from before the experts were fused mean: each name that means one adds its rank. */
const byOldNames = (matrices: readonly AdaptedExperts[], { r, target_modules }: Lora): readonly AdaptedMatrix[] =>
  matrices.flatMap(({ name: path, targets, in_features, out_features, copies }) => {
    const chosen = target_modules === "all-linear" ? targets : targets.filter((old) => target_modules.includes(old));
    return chosen.length === 0
      ? []
      : [[{ kind: "experts", path, in_features, out_features }, r * chosen.length * copies] as const];
  });

/** Names in `target_modules` that turn Unsloth's adapters of a parameter on. */
const UNSLOTH_NAMES: Readonly<Record<string, readonly string[]>> = {
  gate_up_proj: ["gate_proj", "up_proj", "gate_up_proj"],
  up_proj: ["up_proj", "gate_up_proj"],
  down_proj: ["down_proj"],
};

/**
 * Unsloth adapts a parameter once, with the rank that was asked for, whichever of its names are there. It reads `all-linear` as its own list, which has them all.
 */
const byUnsloth = (module: ExpertsModule, { r, target_modules }: Lora): readonly AdaptedMatrix[] =>
  parametersNamed(module, r, (name) => {
    const names = UNSLOTH_NAMES[name] ?? [];
    return target_modules === "all-linear" ? names.length > 0 : names.some((each) => target_modules.includes(each));
  });

/**
 * What old names mean to a library: linears up to version 4 of transformers, and what PEFT translates. Types that version 4 does not have are those of version
 * 5. Of a config that has none of Unsloth's names PEFT translates those that PEFT knows.
 */
export const expertsNamed = (module: ExpertsModule, lora: Lora, modelling: ModellingId): readonly AdaptedExperts[] => {
  // Names mean no parameters where these are named, or where the library asks for none.
  if (lora.target_parameters !== undefined) return [];
  const adapters = expertAdaptersOf(modelling);
  switch (adapters) {
    case "unsloth":
      return byUnsloth(module, lora).length > 0 ? [] : module.adapted;
    case "linears":
      return module.linears ?? module.adapted;
    case "peft":
      return module.adapted;
    default:
      return adapters satisfies never;
  }
};

/** Whether a library adapts a block's experts as linears, each on its own. */
export const adaptsAsLinears = (module: ExpertsModule, lora: Lora, modelling: ModellingId): boolean =>
  lora.target_parameters === undefined && expertAdaptersOf(modelling) === "linears" && module.linears !== undefined;

/**
 * The matrices of experts that are adapted: those that `target_parameters` names, by the end of their paths, or else those that `target_modules` means to the
 * library.
 *
 * @see PEFT 0.21, tuners/tuners_utils.py (`target_parameters`); {@link expertAdaptersOf}
 */
export const targetedExperts = (
  module: ExpertsModule,
  lora: Lora,
  modelling: ModellingId,
): readonly AdaptedMatrix[] => {
  const { r, target_parameters } = lora;
  if (target_parameters !== undefined)
    return parametersNamed(module, r, (name) =>
      target_parameters.some((end) => `${module.name}.${name}`.endsWith(end)),
    );
  const own = expertAdaptersOf(modelling) === "unsloth" ? byUnsloth(module, lora) : [];
  return own.length > 0 ? own : byOldNames(expertsNamed(module, lora, modelling), lora);
};
