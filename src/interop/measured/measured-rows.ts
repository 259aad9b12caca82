import type { Catalog } from "#catalog/catalog.ts";
import { type RowOfScenario, scenarioOfRow } from "./import-measured-row.ts";
import { readRowValue } from "./read-measured-row.ts";

/** Rows that were kept, each with its scenario; null in the place of one that cannot be read any more. */
export const measuredRows = (values: readonly unknown[], catalog: Catalog): readonly (RowOfScenario | null)[] =>
  values.map((value) => {
    const row = readRowValue(value);
    if ("sentence" in row) return null;
    const scenario = scenarioOfRow(row, catalog);
    return "row" in scenario ? scenario : null;
  });
