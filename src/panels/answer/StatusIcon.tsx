import type { ReactElement } from "react";
import type { Fit } from "#calc/model/memory-estimate.ts";
import { STATUS_MARKS, STATUS_OUTLINES } from "#format/status-shapes.ts";

/** The word that goes with the icon. */
export const FIT_WORDS: Readonly<Record<Fit, string>> = {
  fits: "Fits",
  tight: "May not fit",
  over: "Does not fit",
  "cannot-run": "Cannot run",
};

/** The icon of an outcome, in the text's colour. */
export const StatusIcon = ({ fit }: Readonly<{ fit: Fit }>): ReactElement => (
  <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
    <path d={STATUS_OUTLINES[fit]} fill="currentColor" />
    <path
      d={STATUS_MARKS[fit]}
      fill="none"
      stroke="var(--surface)"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
);
