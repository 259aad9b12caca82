// Names and colors of the memory components, and the swatch in a component's color.

import type { TermId } from "#calc/model/terms.ts";
import { TERM_NAMES, type TermName } from "#format/term-names.ts";
import type { ReactElement } from "react";

/** How one term of the total is named and coloured, everywhere. */
type TermStyle = TermName &
  Readonly<{
    /** CSS variables of `app/tokens.css`: the fill, and text on the fill. */
    fill: string;
    labelFill: string;
    /** The 1 px inner edge of a fill that has less than 3:1 on the surface of some theme; null for the others. */
    edge: string | null;
  }>;

/** Light cyan, amber and light grey on white: 1.4, 2.2 and 1.8 to 1. */
const EDGED: readonly TermId[] = ["adapters", "activations", "framework"];

const style = (id: TermId): TermStyle => ({
  ...TERM_NAMES[id],
  fill: `var(--${id})`,
  labelFill: `var(--${id}-label)`,
  edge: EDGED.includes(id) ? `var(--${id}-edge)` : null,
});

/** Names and colours of the eight terms, keyed by the term's id: the only place where colours are written. */
export const TERM_STYLE: Readonly<Record<TermId, TermStyle>> = {
  weights: style("weights"),
  adapters: style("adapters"),
  gradients: style("gradients"),
  optimizer: style("optimizer"),
  activations: style("activations"),
  logits: style("logits"),
  workspace: style("workspace"),
  framework: style("framework"),
};

/** A 12 px square in a term's colour, with the inner edge that light colours need. */
export const TermSwatch = ({ id }: Readonly<{ id: TermId }>): ReactElement => {
  const { fill, edge } = TERM_STYLE[id];
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      <rect x="0.5" y="0.5" width="11" height="11" rx="2" fill={fill} stroke={edge ?? fill} />
    </svg>
  );
};
