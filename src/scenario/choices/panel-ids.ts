/** The sections of the page, by the names that `only` and `hide` know. */
export const PANEL_IDS = [
  "verdict",
  "cards",
  "bars",
  "table",
  "moments",
  "changes",
  "fits",
  "sweep",
  "computed",
  "guide",
  "take",
] as const;
