import type { Catalog } from "#catalog/catalog.ts";
import { loadFullCatalog } from "#catalog/load-full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";

/** Whether a catalog has the rows that choices name. */
export const hasRowsOf = ({ models, gpus }: Catalog, { model, gpu }: Pick<Choices, "model" | "gpu">): boolean =>
  (model.kind !== "catalog" || Object.hasOwn(models, model.id)) &&
  (gpu.kind !== "catalog" || Object.hasOwn(gpus, gpu.id));

/** The rows of the whole catalog, once they are here. */
let full: Catalog | null = null;

const whole = async (): Promise<Catalog> => (full = await loadFullCatalog());

/**
 * The catalog that a question is answered with: the popular rows, unless it is asked from a page that has all of them or names others.
 *
 * @returns at once where the rows are here, so that a slider's answer waits for nothing
 */
export const catalogFor = (choices: Choices | undefined, complete: boolean): Catalog | Promise<Catalog> => {
  if (!complete && (choices === undefined || hasRowsOf(POPULAR_CATALOG, choices))) return POPULAR_CATALOG;
  return full ?? whole();
};
