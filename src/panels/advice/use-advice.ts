import type { TopChange } from "#advice/top-change.ts";
import { focusedMethod } from "#panels/answer/focused-method.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { PageAdvice } from "#service/answers/page-advice.ts";
import type { Asked } from "#service/table.ts";

type Question = Asked<"advice"> & Asked<"firstAdvice">;

/** The question for some choices. Panels that need the same ask the same: with one object, it is worked out once. */
const once = (): ((answer: Answer) => Question) => {
  const questions = new WeakMap<Choices, Question>();
  return (answer) => {
    const { choices } = answer;
    const asked = questions.get(choices) ?? {
      choices: { ...choices, method: focusedMethod(answer)?.method ?? choices.method },
    };
    questions.set(choices, asked);
    return asked;
  };
};

export const questionFor = once();
const firstQuestionFor = once();

/** The list for an answer: the last one until that of this answer is worked out, and whether it is. */
export const useAdvice = (answer: Answer): Readonly<{ advice: PageAdvice | null; fresh: boolean }> => {
  const { value: advice, fresh } = useAsked("advice", questionFor(answer));
  return { advice, fresh };
};

/** The one sentence for an answer: the last one until that of this answer is worked out, and whether it is. */
export const useFirstAdvice = (answer: Answer): Readonly<{ first: TopChange | null; fresh: boolean }> => {
  const { value: first, fresh } = useAsked("firstAdvice", firstQuestionFor(answer));
  return { first, fresh };
};
