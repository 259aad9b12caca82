import type { Architecture } from "#calc/model/architecture.ts";
import type { Lora } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";

/** Targets of adapters name by name: modules by the last parts of their paths, parameters of experts by the ends of theirs, each with its rank. */
export type NamedTargets = Readonly<{
  modules: readonly string[];
  parameters: readonly Readonly<{ path: string; r: number }>[];
}>;

type Asked = Pick<Lora, "r" | "target_modules" | "use_dora">;

/**
 * What PEFT makes of `target_modules`, as a list for libraries that hand it one. Names from before experts were fused mean parameters; each that means the
 * same one adds its rank. DoRA is for none of them.
 *
 * @see peft@0.21.2:utils/transformers_weight_conversion.py, `_convert_peft_config_moe` (rank_pattern)
 */
export const namedTargets = (architecture: Architecture, { r, target_modules, use_dora }: Asked): NamedTargets => {
  const listed =
    target_modules === "all-linear"
      ? ENGINE.linearModuleNames(architecture).filter(ENGINE.canTarget(architecture))
      : target_modules;
  const experts = use_dora ? [] : ENGINE.adaptedParameters(architecture);
  const parameters = experts.flatMap(({ path, names }) => {
    const meant = target_modules === "all-linear" ? names : names.filter((name) => target_modules.includes(name));
    return meant.length === 0 ? [] : [{ path, r: r * meant.length }];
  });
  const taken = new Set(experts.flatMap(({ names }) => names));
  return { modules: listed.filter((name) => !taken.has(name)), parameters };
};
