import type { Catalog } from "#catalog/popular-catalog.ts";
import { type Choices, namesAreKnown } from "#scenario/keys/choices.ts";

/** True if a catalog has the rows that choices name. A name that is not known asks for all rows: the nearest may be any. */
export const hasKnownRows = (
  { models, gpus, complete }: Catalog,
  { model, gpu, teacher, unknown }: Pick<Choices, "model" | "gpu" | "teacher" | "unknown">,
): boolean =>
  (complete || namesAreKnown({ unknown })) &&
  (model.kind !== "catalog" || Object.hasOwn(models, model.id)) &&
  (teacher === null || Object.hasOwn(models, teacher)) &&
  (gpu.kind !== "catalog" || Object.hasOwn(gpus, gpu.id));
