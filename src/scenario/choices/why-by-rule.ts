import { type NoRunReason, whyNoRun } from "#calc/model/why-no-run.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { AnswerGpu, MethodAnswer } from "./answer.ts";

/** Why PyTorch's allocator is not replayed: the order of what is asked is not known, the card has another one, or the formats stand against it. */
export type RuleReason = NoRunReason | "other-allocator" | "formats";

/** The scenario of a method, and what its figures go by. */
export type Based = Pick<MethodAnswer, "scenario"> & Readonly<{ estimate: Pick<MemoryEstimate, "basis"> }>;

/** Why the figures of a method on a card go by the rule; null where PyTorch's allocator was replayed. */
export const whyByRule = ({ scenario, estimate }: Based, { traits }: Pick<AnswerGpu, "traits">): RuleReason | null => {
  if (estimate.basis === "replay") return null;
  const why = whyNoRun(scenario);
  if (why === "rule-of-thumb") return why;
  return traits.cachingAllocator ? (why ?? "formats") : "other-allocator";
};
