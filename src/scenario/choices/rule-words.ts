import type { RuleReason } from "./why-by-rule.ts";

/** Why PyTorch's allocator is not replayed: of a key that matters for a replay alone, in words that follow it; and of the figures, in a sentence. */
type RuleWords = Readonly<{ ofKey: string; sentence: string }>;

/** @param where where it is not replayed, with its preposition */
const notReplayed = (where: string): RuleWords => ({
  ofKey: `is not counted ${where}`,
  sentence: `PyTorch’s allocator is not replayed ${where}.`,
});

export const RULE_WORDS: Readonly<Record<RuleReason, RuleWords>> = {
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
