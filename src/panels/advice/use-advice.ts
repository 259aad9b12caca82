import { focusedMethod } from "#panels/answer/focused-method.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { PageAdvice } from "#service/answers/page-advice.ts";
import type { Asked } from "#service/table.ts";

/** What is asked for some choices. The sentence under the verdict, the list and the matrix ask the same: with one object, it is worked out once. */
const questions = new WeakMap<Choices, Asked<"advice">>();

export const questionFor = (answer: Answer): Asked<"advice"> => {
  const { choices } = answer;
  const asked = questions.get(choices) ?? {
    choices: { ...choices, method: focusedMethod(answer)?.method ?? choices.method },
  };
  questions.set(choices, asked);
  return asked;
};

/** Advice on an answer: the last one until that of this answer is worked out, and whether it is. */
export const useAdvice = (answer: Answer): Readonly<{ advice: PageAdvice | null; fresh: boolean }> => {
  const { value: advice, fresh } = useAsked("advice", questionFor(answer));
  return { advice, fresh };
};
