// Chevron icon of lists and rows that open.

import type { ReactElement } from "react";

/** The mark of what opens: down for a list or an open row, right for a closed row. */
export const Chevron = ({ to }: Readonly<{ to: "down" | "right" }>): ReactElement => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    aria-hidden="true"
  >
    <path d={to === "down" ? "m3.5 6 4.5 4.5L12.5 6" : "m6 3.5 4.5 4.5L6 12.5"} />
  </svg>
);
