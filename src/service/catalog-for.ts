import type { Catalog } from "#catalog/catalog.ts";
import { loadFullCatalog } from "#catalog/load-full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { hasRowsOf } from "./has-rows-of.ts";

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
