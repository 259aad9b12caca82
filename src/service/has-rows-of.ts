import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { namesAreKnown } from "#scenario/keys/unknown.ts";

/** True if a catalog has the rows that choices name. A name that is not known asks for all rows: the nearest may be any. */
export const hasRowsOf = (
  { models, gpus, complete }: Catalog,
  { model, gpu, teacher, unknown }: Pick<Choices, "model" | "gpu" | "teacher" | "unknown">,
): boolean =>
  (complete || namesAreKnown({ unknown })) &&
  (model.kind !== "catalog" || Object.hasOwn(models, model.id)) &&
  (teacher === null || Object.hasOwn(models, teacher)) &&
  (gpu.kind !== "catalog" || Object.hasOwn(gpus, gpu.id));
