import type { ModelLayout } from "#calc/model/layout.ts";
import { fusedNames } from "./fused-names.ts";
import { modulesOf } from "./modules-of.ts";
import { lastPart, namesModule } from "./module-path.ts";

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
