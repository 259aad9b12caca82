// Names of the eight terms of the total, as labels and inside a sentence.

import type { TermId } from "#calc/model/terms.ts";

/** How a term of the total is called. */
export type TermName = Readonly<{
  label: string;
  /** For a place that has no room for the label. */
  shortLabel: string;
}>;

/** The names of the eight terms, the same on the page and in a terminal: the only place where they are written. */
export const TERM_NAMES: Readonly<Record<TermId, TermName>> = {
  weights: { label: "Base weights", shortLabel: "Weights" },
  adapters: { label: "Adapters", shortLabel: "Adapters" },
  gradients: { label: "Gradients", shortLabel: "Gradients" },
  optimizer: { label: "Optimizer", shortLabel: "Optimizer" },
  activations: { label: "Activations", shortLabel: "Activations" },
  logits: { label: "Logits and loss", shortLabel: "Logits" },
  workspace: { label: "Workspace", shortLabel: "Workspace" },
  framework: { label: "Framework", shortLabel: "Framework" },
};

/** What the parts of an estimate are called in a sentence. */
export const TERM_WORDS: Readonly<Record<TermId, string>> = {
  weights: "base weights",
  adapters: "adapters",
  gradients: "gradients",
  optimizer: "optimizer",
  activations: "activations",
  logits: "logits and loss",
  workspace: "workspace",
  framework: "framework",
};
