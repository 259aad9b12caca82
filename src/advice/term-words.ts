import type { TermId } from "#calc/model/term.ts";

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
