import type { ModelLayout } from "#calc/model/layout.ts";
import { modulesOf } from "./modules-of.ts";

/** A parameter of experts that PEFT adapts, by the end of its path ("mlp.experts.gate_up_proj"), and the names that mean it in `target_modules`. */
export type AdaptedParameter = Readonly<{ path: string; names: readonly string[] }>;

/** The parameters of experts, routers among them, that PEFT adapts where `target_modules` names what they were called before they were fused; each once. */
export const adaptedParameters = (layout: ModelLayout): readonly AdaptedParameter[] => {
  const found = new Map<string, AdaptedParameter>();
  for (const { module } of modulesOf(layout)) {
    if (module.kind !== "experts") continue;
    const stacks = new Set(module.tensors.map(({ name }) => `${module.name}.${name}`));
    for (const { name, targets } of module.adapted) {
      // A router is a module of its own, whose parameter is its weight.
      const path = stacks.has(name) ? name : `${name}.weight`;
      found.set(path, { path, names: targets });
    }
  }
  return [...found.values()];
};
