import type { ReactElement } from "react";

/** The line of what is seen on a card, as the chart of a step has it: as wide as a term's swatch. */
export const SeenSwatch = (): ReactElement => (
  <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
    <path d="M0,6H12" stroke="var(--line-strong)" strokeWidth="2" />
  </svg>
);
