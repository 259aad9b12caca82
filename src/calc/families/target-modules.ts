import type { Architecture } from "#calc/model/architecture.ts";
import type { Families } from "./families.ts";
import { lastPart, namesModule } from "./module-path.ts";
import type { LinearModule, TargetPreset } from "#calc/model/layout.ts";
import { modulesOf } from "./modules-of.ts";
import { given } from "./none.ts";

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
    const refused = given(family.refused);
    return refused ? linearModuleNames(families, architecture).filter((name) => !refused.includes(name)) : "all-linear";
  }
  const names = family.targets[preset];
  if (!names || (preset === "attention-mlp" && hasFusedExperts(families, architecture))) return null;
  const linears = linearsOf(families, architecture);
  return names.filter((name) => linears.some((module) => namesModule(name, module.name)));
};
