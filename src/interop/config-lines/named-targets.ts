import type { Lora } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { AskedLora } from "#scenario/choices/asked-adapters.ts";

/** Targets of adapters name by name: modules by the last parts of their paths, parameters of experts by the ends of theirs, each with its rank. */
export type NamedTargets = Readonly<{
  modules: readonly string[];
  parameters: readonly Readonly<{ path: string; r: number }>[];
}>;

/**
 * What PEFT makes of `target_modules`, as a list for libraries that hand it one. Names from before experts were fused mean parameters, which only LoRA adapts;
 * each that means the same one adds its rank.
 *
 * @see peft@0.21.2:utils/transformers_weight_conversion.py, `_convert_peft_config_moe` (rank_pattern)
 */
export const namedTargets = (asked: AskedLora, target_modules: Lora["target_modules"]): NamedTargets => {
  const { architecture, method } = asked;
  const listed =
    target_modules === "all-linear"
      ? ENGINE.linearModuleNames(architecture).filter(ENGINE.canTarget(architecture))
      : target_modules;
  const lora = { ...method.lora, target_modules };
  const parameters = ENGINE.adaptedParameters({ ...asked, method: { ...method, lora } });
  const taken = parameters.length === 0 ? new Set<string>() : ENGINE.fusedNames(architecture);
  return { modules: listed.filter((name) => !taken.has(name)), parameters };
};
