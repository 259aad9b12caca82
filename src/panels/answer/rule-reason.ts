import type { AnswerGpu, MethodAnswer } from "#scenario/choices/answer.ts";
import { type RuleReason, whyByRule } from "#scenario/choices/why-by-rule.ts";

const SENTENCES: Readonly<Record<RuleReason, string>> = {
  "rule-of-thumb": "A rule of thumb has no run that could be replayed.",
  "other-allocator": "PyTorch’s allocator is replayed for CUDA and ROCm, which this card has not.",
  "host-memory": "PyTorch’s allocator is not replayed where parts are kept in host memory.",
  "divided-model": "PyTorch’s allocator is not replayed where GPUs divide the model itself.",
  zero3: "PyTorch’s allocator is not replayed with DeepSpeed’s third stage, whose allocations are not known in order.",
  formats:
    "PyTorch’s allocator is not replayed with these formats of weights, gradients or states, or a step of so many tensors.",
};

/** Why the figures of a method on a card go by the rule, in a sentence; null where PyTorch's allocator was replayed. */
export const ruleReason = (method: MethodAnswer, gpu: AnswerGpu): string | null => {
  const reason = whyByRule(method, gpu);
  return reason === null ? null : SENTENCES[reason];
};
