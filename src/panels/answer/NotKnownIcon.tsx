import type { ReactElement } from "react";
import { NOT_KNOWN_MARK, NOT_KNOWN_OUTLINE, NOT_KNOWN_WORDS } from "#format/not-known-shape.ts";

/** The icon of what is not known, in the text's color, and its word. */
export const NotKnownIcon = (): ReactElement => (
  <>
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <path d={NOT_KNOWN_OUTLINE} fill="currentColor" />
      <path
        d={NOT_KNOWN_MARK}
        fill="none"
        stroke="var(--surface)"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
    {NOT_KNOWN_WORDS}
  </>
);
