import { hasRowsOf } from "#service/has-rows-of.ts";
import type { RowOfScenario } from "#interop/measured/import-measured-row.ts";
import { change, ensureFullCatalog, undo } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { goToLine } from "./asked-line.ts";
import { isOf, showOpened } from "./follow.ts";
import { ownMeasurement } from "./own-measurement.ts";

const LOCKED = "The link locks controls of this page: the scenario of the measured row cannot be opened in it.";

/** Opens the scenario of a row in one step that can be taken back, with what was measured beside it. Returns why it cannot; null where it is open. */
export const takeRow = (taken: RowOfScenario): string | null => {
  const { choices: before } = useScenario.getState();
  const measurement = ownMeasurement(taken);
  change(taken.choices);
  const { choices: after, catalog } = useScenario.getState();
  if (!isOf(measurement, after)) {
    if (after !== before) undo();
    return LOCKED;
  }
  if (!hasRowsOf(catalog, after)) void ensureFullCatalog().catch(() => undefined);
  showOpened(measurement);
  goToLine(measurement);
  return null;
};
