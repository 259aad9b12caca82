import type { ExpertsModule } from "#calc/model/layout.ts";
import type { Lora, QuantizedExperts } from "#calc/model/scenario.ts";
import type { Matrix } from "#calc/model/tuner-tensors.ts";

/** A stack of experts, and the rank of its adapter: the matrices of all experts lie in one A and one B. */
type AdaptedStack = readonly [Matrix, number];

/** A stack by its own name. */
const stackNamed = (module: ExpertsModule, name: string): Matrix | null => {
  const tensor = module.tensors.find((each) => each.name === name && each.shape.length === 3);
  if (tensor === undefined) return null;
  const [, rows = 1, columns = 1] = tensor.shape;
  const [out_features, in_features] = module.transposed ? [columns, rows] : [rows, columns];
  return { kind: "experts", path: `${module.name}.${name}`, in_features, out_features };
};

const stacksNamed = (module: ExpertsModule, r: number, isMeant: (name: string) => boolean): readonly AdaptedStack[] =>
  module.tensors.flatMap(({ name }): readonly AdaptedStack[] => {
    const matrix = isMeant(name) ? stackNamed(module, name) : null;
    return matrix === null ? [] : [[matrix, r * module.num_experts]];
  });

/** PEFT's own conversion of names from before the experts were fused: each name that means a stack adds its rank. */
const converted = ({ adapted }: ExpertsModule, { r, target_modules }: Lora): readonly AdaptedStack[] =>
  adapted.flatMap(({ name: path, targets, in_features, out_features, copies }) => {
    const chosen = target_modules === "all-linear" ? targets : targets.filter((old) => target_modules.includes(old));
    return chosen.length === 0
      ? []
      : [[{ kind: "experts", path, in_features, out_features }, r * chosen.length * copies] as const];
  });

/** Names in `target_modules` that turn Unsloth's adapters of a stack on. */
const UNSLOTH_NAMES: Readonly<Record<string, readonly string[]>> = {
  gate_up_proj: ["gate_proj", "up_proj", "gate_up_proj"],
  down_proj: ["down_proj"],
};

/** Unsloth adapts a stack once, with the rank that was asked for, whichever of its names are there. */
const ofUnsloth = (module: ExpertsModule, { r, target_modules }: Lora): readonly AdaptedStack[] =>
  stacksNamed(module, r, (name) => {
    const names = UNSLOTH_NAMES[name] ?? [];
    return target_modules === "all-linear" ? names.length > 0 : names.some((each) => target_modules.includes(each));
  });

/**
 * The stacks of experts that are adapted: those that `target_parameters` names, by the end of their paths, or else those that `target_modules` means.
 *
 * @see PEFT 0.21, utils/transformers_weight_conversion.py, tuners/tuners_utils.py (`target_parameters`); unsloth 2026.10.9, models/_utils.py,
 * `get_moe_target_parameters`
 */
export const adaptedStacks = (
  module: ExpertsModule,
  lora: Lora,
  experts: QuantizedExperts | undefined,
): readonly AdaptedStack[] => {
  const { r, target_parameters } = lora;
  if (target_parameters !== undefined)
    return stacksNamed(module, r, (name) => target_parameters.some((end) => `${module.name}.${name}`.endsWith(end)));
  return experts?.read === "rebuilt" ? ofUnsloth(module, lora) : converted(module, lora);
};
