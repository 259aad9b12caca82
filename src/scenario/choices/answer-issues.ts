import type { Answer, AnswerModel, MethodAnswer } from "./answer.ts";
import { ignoredHere } from "./ignored-here.ts";
import type { Issue } from "./issue.ts";
import { refused } from "./rules/refused.ts";
import { RULE_WORDS } from "./rule-words.ts";
import { type Based, whyByRule } from "./why-by-rule.ts";

/** The part of an answer that its issues follow from. */
type Questioned = Pick<Answer, "choices" | "gpu" | "teacher"> &
  Readonly<{
    model: Pick<AnswerModel, "architecture">;
    methods: readonly (Based & Pick<MethodAnswer, "method">)[];
  }>;

/** The reason that allocator settings have no effect; null if the allocator is replayed for at least one method. */
const whyNotReplayed = ({ gpu, methods }: Questioned): string | null => {
  const reasons = methods.map((method) => whyByRule(method, gpu));
  const [first = null] = reasons;
  return first === null || reasons.includes(null) ? null : RULE_WORDS[first].ofKey;
};

/** Choices of an answer that do not go together, whatever the link looked like, and what is used instead. */
export const answerIssues = (answer: Questioned): readonly Issue[] => {
  const { choices, gpu, teacher, model, methods } = answer;
  const subject = {
    architecture: model.architecture,
    isUnified: gpu.basis.of === "unified",
    whyNotReplayed: () => whyNotReplayed(answer),
    ...(teacher && { teacher }),
  };
  return refused(choices, subject, methods).map(ignoredHere);
};
