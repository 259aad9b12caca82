import type { MemoryEstimate, OnCard } from "#calc/model/memory-estimate.ts";
import { frameworkTerm } from "./framework-term.ts";

/** An estimate with what its peak takes on a card found otherwise than by the rule: the term `framework` is what the card takes on top then. */
export const withOnCard = (estimate: MemoryEstimate, onCard: OnCard, gpus: number): MemoryEstimate => ({
  ...estimate,
  ...onCard,
  terms: estimate.terms.map((term) =>
    term.id === "framework" ? frameworkTerm(estimate.peakBytes, onCard, gpus) : term,
  ),
});
