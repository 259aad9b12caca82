import type { ModelLayout } from "#calc/model/layout.ts";
import { modulesOf } from "./modules-of.ts";
import { namesModule } from "./module-path.ts";

/** Whether `target_modules` may hold a name for this model: it means a linear, an embedding, the head, or experts that PEFT adapts. */
export const canTarget = (layout: ModelLayout): ((name: string) => boolean) => {
  const modules = [...modulesOf(layout).map(({ module }) => module), layout.head.module];
  const paths = modules.flatMap(({ kind, name }) => (kind === "linear" || kind === "embedding" ? [name] : []));
  const experts = modules.flatMap((module) => (module.kind === "experts" ? module.adapted : []));
  const names = new Set(experts.flatMap(({ targets }) => targets));
  return (name) => names.has(name) || paths.some((path) => namesModule(name, path));
};

/** Whether `modules_to_save` may hold a name for this model: it means any of its modules, the head among them. */
export const canSave = (layout: ModelLayout): ((name: string) => boolean) => {
  const paths = [...modulesOf(layout).map(({ module }) => module.name), layout.head.module.name];
  return (name) => paths.some((path) => namesModule(name, path));
};
