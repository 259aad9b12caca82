import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";

/** Whether a catalog has the rows that choices name. */
export const hasRowsOf = (
  { models, gpus }: Catalog,
  { model, gpu, teacher }: Pick<Choices, "model" | "gpu" | "teacher">,
): boolean =>
  (model.kind !== "catalog" || Object.hasOwn(models, model.id)) &&
  (teacher === null || Object.hasOwn(models, teacher)) &&
  (gpu.kind !== "catalog" || Object.hasOwn(gpus, gpu.id));
