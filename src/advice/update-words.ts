import { formatCount } from "#format/count.ts";
import type { Choices } from "#scenario/keys/choices.ts";

const rowsOfUpdate = ({ batch, accum, gpus }: Choices): number => batch * accum * gpus;

/** What becomes of the rows that one update learns from: "an update takes 16 rows then"; null where they stay as many. */
export const changedUpdate = (before: Choices, after: Choices): string | null => {
  const rows = rowsOfUpdate(after);
  return rows === rowsOfUpdate(before) ? null : `an update takes ${formatCount(rows)} rows then`;
};

/** The same behind an order to take more cards: " (an update takes 16 rows then)", " and accumulation 2"; empty where accumulation stays, too. */
export const behindOrder = (before: Choices, after: Choices): string => {
  const changed = changedUpdate(before, after);
  if (changed !== null) return ` (${changed})`;
  return after.accum === before.accum ? "" : ` and accumulation ${formatCount(after.accum)}`;
};
