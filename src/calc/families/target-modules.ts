// LoRA's target_modules and modules_to_save for a model: presets, names of linears, names of fused experts.

import type { Architecture } from "#calc/model/architecture.ts";
import type { Families } from "./families.ts";
import { lastPart, namesModule, modulesOf } from "./model-layout.ts";
import type { LinearModule, TargetPreset, ModelLayout } from "#calc/model/layout.ts";
import { knownFact } from "./family.ts";
import { onceForEach } from "#calc/base/caches.ts";

const linearsOf = ({ layoutOf }: Families, architecture: Architecture): readonly LinearModule[] =>
  modulesOf(layoutOf(architecture)).flatMap(({ module }) => (module.kind === "linear" ? [module] : []));

/** Names that LoraConfig.target_modules can hold for this model: the last parts of its linears' paths, the head apart. */
export const linearModuleNames = (families: Families, architecture: Architecture): readonly string[] => [
  ...new Set(linearsOf(families, architecture).map(({ name }) => lastPart(name))),
];

const hasFusedExperts = ({ layoutOf }: Families, architecture: Architecture): boolean =>
  modulesOf(layoutOf(architecture)).some(({ module }) => module.kind === "experts");

/**
 * `LoraConfig.target_modules` of a preset: those names of the family that this model has. null where there is no such preset: `q-v` with latent attention,
 * which has no value projection; `attention-mlp` with fused experts, which the same names adapt in some families and not in others. Where PEFT refuses some
 * linears, `all-linear` is the list of the others.
 */
export const targetModules = (
  families: Families,
  architecture: Architecture,
  preset: TargetPreset,
): readonly string[] | "all-linear" | null => {
  const { family } = families.modellingOf(architecture.model_type);
  if (preset === "all-linear") {
    const refused = knownFact(family.refused);
    return refused ? linearModuleNames(families, architecture).filter((name) => !refused.includes(name)) : "all-linear";
  }
  const names = family.targets[preset];
  if (!names || (preset === "attention-mlp" && hasFusedExperts(families, architecture))) return null;
  const linears = linearsOf(families, architecture);
  return names.filter((name) => linears.some((module) => namesModule(name, module.name)));
};

/** Names in `target_modules` that mean this model's fused experts. They no longer mean linears of that name: dense layers and shared experts get no adapter. */
export const fusedNames = onceForEach(
  (layout: ModelLayout): ReadonlySet<string> =>
    new Set([
      ...(layout.renamed ?? []),
      ...modulesOf(layout).flatMap(({ module }) =>
        module.kind === "experts" ? module.adapted.flatMap(({ targets }) => targets) : [],
      ),
    ]),
);

/**
 * Whether `target_modules` may hold a name for this model: it means a linear, an embedding, the head, or experts that PEFT adapts. A name that PEFT takes for
 * experts means nothing in a model of such a type that has none.
 */
export const canTarget = (layout: ModelLayout): ((name: string) => boolean) => {
  const modules = [...modulesOf(layout).map(({ module }) => module), layout.head.module];
  const paths = modules.flatMap(({ kind, name }) => (kind === "linear" || kind === "embedding" ? [name] : []));
  const experts = modules.flatMap((module) => (module.kind === "experts" ? module.adapted : []));
  const names = new Set(experts.flatMap(({ targets }) => targets));
  const taken = fusedNames(layout);
  const isMeant = (path: string): boolean => experts.length > 0 || !taken.has(lastPart(path));
  return (name) => names.has(name) || paths.some((path) => namesModule(name, path) && isMeant(path));
};

/** Whether `modules_to_save` may hold a name for this model: it means any of its modules, the head among them. */
export const canSave = (layout: ModelLayout): ((name: string) => boolean) => {
  const paths = [...modulesOf(layout).map(({ module }) => module.name), layout.head.module.name];
  return (name) => paths.some((path) => namesModule(name, path));
};
