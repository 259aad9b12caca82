import type { Catalog } from "#catalog/catalog.ts";
import { catalogFor } from "./catalog-for.ts";

/** The catalog where any model may be named; the rows that are here where the others cannot be had. */
export const wholeCatalog = (here: Catalog): Promise<Catalog> =>
  Promise.resolve(catalogFor(undefined, true)).catch(() => here);
