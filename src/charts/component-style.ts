import type { TermId } from "#calc/memory-estimate.ts";

/** What a part of the total grows with; the hue of its colour says the same (cool, warm, grey). */
export const COMPONENT_GROUPS = ["parameters", "tokens", "overhead"] as const;
export type ComponentGroup = (typeof COMPONENT_GROUPS)[number];

/** The heading of each group in the table. */
export const GROUP_LABELS: Readonly<Record<ComponentGroup, string>> = {
  parameters: "Grows with parameters",
  tokens: "Grows with tokens",
  overhead: "Overhead",
};

/** How one part of the total is named and coloured, everywhere. */
export type ComponentStyle = Readonly<{
  label: string;
  /** For a segment that has no room for the label. */
  shortLabel: string;
  group: ComponentGroup;
  /** What the reader can turn to move this part. */
  movesWith: string;
  /** CSS variables of `app/tokens.css`: the fill, and text on the fill. */
  fill: string;
  labelFill: string;
  /** The 1 px inner edge of a fill that has less than 3:1 on the surface of some theme; null for the others. */
  edge: string | null;
}>;

/** Light cyan, amber and light grey on white: 1.4, 2.2 and 1.8 to 1. */
const EDGED: readonly TermId[] = ["adapters", "activations", "framework"];

const style = (
  id: TermId,
  text: Readonly<Pick<ComponentStyle, "label" | "shortLabel" | "group" | "movesWith">>,
): ComponentStyle => ({
  ...text,
  fill: `var(--${id})`,
  labelFill: `var(--${id}-label)`,
  edge: EDGED.includes(id) ? `var(--${id}-edge)` : null,
});

/** Names, colours and groups of the eight parts, keyed by the term's id: the only place where they are written. */
export const COMPONENT_STYLE: Readonly<Record<TermId, ComponentStyle>> = {
  weights: style("weights", {
    label: "Base weights",
    shortLabel: "Weights",
    group: "parameters",
    movesWith: "Model, base precision",
  }),
  adapters: style("adapters", {
    label: "Adapters",
    shortLabel: "Adapters",
    group: "parameters",
    movesWith: "Rank, target modules",
  }),
  gradients: style("gradients", {
    label: "Gradients",
    shortLabel: "Gradients",
    group: "parameters",
    movesWith: "What is trained, precision",
  }),
  optimizer: style("optimizer", {
    label: "Optimizer",
    shortLabel: "Optimizer",
    group: "parameters",
    movesWith: "Optimizer, what is trained",
  }),
  activations: style("activations", {
    label: "Activations",
    shortLabel: "Activations",
    group: "tokens",
    movesWith: "Batch × sequence, checkpointing",
  }),
  logits: style("logits", {
    label: "Logits and loss",
    shortLabel: "Logits",
    group: "tokens",
    movesWith: "Batch × sequence × vocabulary, loss",
  }),
  workspace: style("workspace", {
    label: "Workspace",
    shortLabel: "Workspace",
    group: "overhead",
    movesWith: "Optimizer step, kernels",
  }),
  framework: style("framework", {
    label: "Framework",
    shortLabel: "Framework",
    group: "overhead",
    movesWith: "CUDA context, allocator reserve",
  }),
};
