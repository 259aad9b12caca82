import { ENGINE } from "#calc/whole-engine.ts";
import { TARGET_PRESETS } from "#calc/model/layout.ts";
import type { TargetPreset } from "#calc/model/layout.ts";
import type { Lora } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";

/** What the modelling code counts of a model; a LoRA count that is null was not taken. */
export type CountsRow = Readonly<{
  id: string;
  params: number;
  linear_params: number;
  lora_r16: Readonly<Record<TargetPreset, number | null>>;
}>;

/** How far our counts of a model are off: of its parameters, of its linears, of the adapters of each preset. */
export type CountErrors = Readonly<{ id: string; errors: Readonly<Record<string, number>>; errorFraction: number }>;

const RANK_16 = {
  r: 16,
  lora_alpha: 32,
  lora_dropout: 0,
  use_dora: false,
  modules_to_save: [],
  adapters: "fp32",
} as const;

/** Counts a row's model again; null where the catalog does not have it. */
export const countErrorsOf = ({ id, params, linear_params, lora_r16 }: CountsRow): CountErrors | null => {
  const architecture = FULL_CATALOG.models[id]?.architecture;
  if (architecture === undefined) return null;
  const adapters = (target_modules: Lora["target_modules"]): number =>
    ENGINE.countLoraParameters(architecture, { ...RANK_16, target_modules });
  const errors: Record<string, number> = {
    params: ENGINE.countParameters(architecture) - params,
    linears: ENGINE.countLinearParameters(architecture) - linear_params,
  };
  for (const preset of TARGET_PRESETS) {
    const [expected, target_modules] = [lora_r16[preset], ENGINE.targetModules(architecture, preset)];
    if (expected !== null && target_modules !== null) errors[preset] = adapters(target_modules) - expected;
  }
  return { id, errors, errorFraction: Math.abs(errors["params"] ?? 0) / params };
};

const isExact = ({ errors }: CountErrors): boolean => Object.values(errors).every((error) => error === 0);

/** How many models are exact in every count, and each that is not. */
export const countLines = (counts: readonly CountErrors[]): readonly string[] => [
  `Counts: ${counts.filter(isExact).length} of ${counts.length} models exact in parameters, linears and the adapters of every preset`,
  ...counts
    .filter((each) => !isExact(each))
    .map(
      ({ id, errors }) =>
        `  ${id}  ${Object.entries(errors)
          .flatMap(([of, error]) => (error === 0 ? [] : [`${of} ${error}`]))
          .join("  ")}`,
    ),
];
