import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";

/** Whether a catalog has the rows that choices name. */
export const hasRowsOf = ({ models, gpus }: Catalog, { model, gpu }: Pick<Choices, "model" | "gpu">): boolean =>
  (model.kind !== "catalog" || Object.hasOwn(models, model.id)) &&
  (gpu.kind !== "catalog" || Object.hasOwn(gpus, gpu.id));
