import type { TermId } from "#calc/model/term.ts";

/** How one term of the total is named and coloured, everywhere. */
export type TermStyle = Readonly<{
  label: string;
  /** For a segment that has no room for the label. */
  shortLabel: string;
  /** CSS variables of `app/tokens.css`: the fill, and text on the fill. */
  fill: string;
  labelFill: string;
  /** The 1 px inner edge of a fill that has less than 3:1 on the surface of some theme; null for the others. */
  edge: string | null;
}>;

/** Light cyan, amber and light grey on white: 1.4, 2.2 and 1.8 to 1. */
const EDGED: readonly TermId[] = ["adapters", "activations", "framework"];

const style = (id: TermId, text: Readonly<Pick<TermStyle, "label" | "shortLabel">>): TermStyle => ({
  ...text,
  fill: `var(--${id})`,
  labelFill: `var(--${id}-label)`,
  edge: EDGED.includes(id) ? `var(--${id}-edge)` : null,
});

/** Names and colours of the eight terms, keyed by the term's id: the only place where they are written. */
export const TERM_STYLE: Readonly<Record<TermId, TermStyle>> = {
  weights: style("weights", {
    label: "Base weights",
    shortLabel: "Weights",
  }),
  adapters: style("adapters", {
    label: "Adapters",
    shortLabel: "Adapters",
  }),
  gradients: style("gradients", {
    label: "Gradients",
    shortLabel: "Gradients",
  }),
  optimizer: style("optimizer", {
    label: "Optimizer",
    shortLabel: "Optimizer",
  }),
  activations: style("activations", {
    label: "Activations",
    shortLabel: "Activations",
  }),
  logits: style("logits", {
    label: "Logits and loss",
    shortLabel: "Logits",
  }),
  workspace: style("workspace", {
    label: "Workspace",
    shortLabel: "Workspace",
  }),
  framework: style("framework", {
    label: "Framework",
    shortLabel: "Framework",
  }),
};
