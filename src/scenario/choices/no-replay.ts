// Why PyTorch's allocator is not replayed for a scenario.

import { type UnknownOrderReason, unknownOrderReason } from "#calc/model/scenario-traits.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { AnswerGpu, MethodAnswer } from "./answer.ts";

/** Why PyTorch's allocator is not replayed: of a key that matters for a replay alone, in words that follow it; and of the figures, in a sentence. */
type RuleWords = Readonly<{ ofKey: string; sentence: string }>;

/** @param where where it is not replayed, with its preposition */
const notReplayed = (where: string): RuleWords => ({
  ofKey: `is not counted ${where}`,
  sentence: `PyTorch’s allocator is not replayed ${where}.`,
});

export const NO_REPLAY_WORDS: Readonly<Record<RuleReason, RuleWords>> = {
  "rule-of-thumb": {
    ofKey: "is nothing that a rule of thumb counts",
    sentence: "A rule of thumb has no run that could be replayed.",
  },
  "other-allocator": {
    ofKey: "is for PyTorch’s allocator with CUDA or ROCm, and the card has another",
    sentence: "PyTorch’s allocator is replayed for CUDA and ROCm, which this card has not.",
  },
  "host-memory": notReplayed("where parts are kept in host memory"),
  "divided-model": notReplayed("where GPUs divide the model itself"),
  zero3: notReplayed("with DeepSpeed’s third stage, whose allocations are not known in order"),
  formats: notReplayed("with these formats of weights, gradients or states, or a step of so many tensors"),
};

/** Why PyTorch's allocator is not replayed: the order of what is asked is not known, the card has another one, or the formats stand against it. */
type RuleReason = UnknownOrderReason | "other-allocator" | "formats";

/** The scenario of a method, and what its figures go by. */
export type Based = Pick<MethodAnswer, "scenario"> & Readonly<{ estimate: Pick<MemoryEstimate, "basis"> }>;

/** Why the figures of a method on a card go by the rule; null where PyTorch's allocator was replayed. */
export const noReplayReason = (
  { scenario, estimate }: Based,
  { traits }: Pick<AnswerGpu, "traits">,
): RuleReason | null => {
  if (estimate.basis === "replay") return null;
  const why = unknownOrderReason(scenario);
  if (why === "rule-of-thumb") return why;
  return traits.cachingAllocator ? (why ?? "formats") : "other-allocator";
};
