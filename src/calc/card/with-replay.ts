import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { frameworkTerm } from "./framework-term.ts";
import { onCardByReplay, type Reserved } from "./on-card.ts";

/** The estimate of a run on one GPU with what its replayed allocator takes, in place of the rule. */
export const withReplay = (estimate: MemoryEstimate, reserved: Reserved): MemoryEstimate => {
  const onCard = onCardByReplay(reserved);
  const framework = frameworkTerm(estimate.peakBytes, onCard, 1);
  return { ...estimate, ...onCard, terms: estimate.terms.map((term) => (term.id === "framework" ? framework : term)) };
};
