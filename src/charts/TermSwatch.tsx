import type { ReactElement } from "react";
import type { TermId } from "#calc/model/term.ts";
import { TERM_STYLE } from "./term-style.ts";

/** A 12 px square in a term's colour, with the inner edge that light colours need. */
export const TermSwatch = ({ id }: Readonly<{ id: TermId }>): ReactElement => {
  const { fill, edge } = TERM_STYLE[id];
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      <rect x="0.5" y="0.5" width="11" height="11" rx="2" fill={fill} stroke={edge ?? fill} />
    </svg>
  );
};
