import type { TermId } from "#calc/model/term.ts";

/** What a term of the total grows with; the hue of its colour says the same (cool, warm, grey). */
export const TERM_GROUPS = ["parameters", "tokens", "overhead"] as const;
export type TermGroup = (typeof TERM_GROUPS)[number];

/** The heading of each group in the table. */
export const GROUP_LABELS: Readonly<Record<TermGroup, string>> = {
  parameters: "Grows with parameters",
  tokens: "Grows with tokens",
  overhead: "Overhead",
};

/** What one term of the total grows with, and what the reader can turn to move it. */
type Growth = Readonly<{ group: TermGroup; movesWith: string }>;

/** The groups of the eight terms, keyed by the term's id; only the table says them in words, so they stand apart from names and colours. */
export const TERM_GROWTH: Readonly<Record<TermId, Growth>> = {
  weights: { group: "parameters", movesWith: "Model, base precision" },
  adapters: { group: "parameters", movesWith: "Rank, target modules" },
  gradients: { group: "parameters", movesWith: "What is trained, precision" },
  optimizer: { group: "parameters", movesWith: "Optimizer, what is trained" },
  activations: { group: "tokens", movesWith: "Batch × sequence, checkpointing" },
  logits: { group: "tokens", movesWith: "Batch × sequence × vocabulary, loss" },
  workspace: { group: "overhead", movesWith: "Optimizer step, kernels" },
  framework: { group: "overhead", movesWith: "CUDA context, gaps of the allocator" },
};
