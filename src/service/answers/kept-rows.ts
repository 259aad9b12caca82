import type { Catalog } from "#catalog/catalog.ts";
import type { RowOfScenario } from "#interop/measured/import-measured-row.ts";
import { wholeCatalog } from "#service/whole-catalog.ts";

/** Measured rows that were kept, each with its scenario; null in the place of one that cannot be read any more. Their reader is fetched now: most pages keep none. */
export const keptRows = async (
  { values }: Readonly<{ values: readonly unknown[] }>,
  here: Catalog,
): Promise<readonly (RowOfScenario | null)[]> => {
  const [catalog, { measuredRows }] = await Promise.all([
    wholeCatalog(here),
    import("#interop/measured/measured-rows.ts"),
  ]);
  return measuredRows(values, catalog);
};
