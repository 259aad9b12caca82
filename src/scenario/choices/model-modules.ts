import type { Architecture } from "#calc/model/architecture.ts";
import { layoutOf } from "#calc/families/layout-of.ts";
import { modulesOf } from "#calc/families/modules-of.ts";
import { namesModule } from "#calc/families/names-module.ts";

/** Whether `target_modules` may hold a name for this model: it means a linear, an embedding, the head, or experts that PEFT adapts. */
export const canTarget = (architecture: Architecture): ((name: string) => boolean) => {
  const layout = layoutOf(architecture);
  const modules = [...modulesOf(layout).map(({ module }) => module), layout.head.module];
  const paths = modules.flatMap(({ kind, name }) => (kind === "linear" || kind === "embedding" ? [name] : []));
  const experts = modules.flatMap((module) => (module.kind === "experts" ? module.adapted : []));
  const names = new Set(experts.flatMap(({ targets }) => targets));
  return (name) => names.has(name) || paths.some((path) => namesModule(name, path));
};

/** Whether `modules_to_save` may hold a name for this model: it means any of its modules, the head among them. */
export const canSave = (architecture: Architecture): ((name: string) => boolean) => {
  const layout = layoutOf(architecture);
  const paths = [...modulesOf(layout).map(({ module }) => module.name), layout.head.module.name];
  return (name) => paths.some((path) => namesModule(name, path));
};
