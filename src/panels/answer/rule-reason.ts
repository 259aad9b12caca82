import type { AnswerGpu, MethodAnswer } from "#scenario/choices/answer.ts";
import { RULE_WORDS } from "#scenario/choices/rule-words.ts";
import { whyByRule } from "#scenario/choices/why-by-rule.ts";

/** Why the figures of a method on a card go by the rule, in a sentence; null where PyTorch's allocator was replayed. */
export const ruleReason = (method: MethodAnswer, gpu: AnswerGpu): string | null => {
  const reason = whyByRule(method, gpu);
  return reason === null ? null : RULE_WORDS[reason].sentence;
};
