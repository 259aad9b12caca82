// Hooks that ask the engine for advice, and apply a change with undo.

import type { TopChange } from "#advice/top-change.ts";
import { focusedMethod, type Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import type { PageAdvice } from "#service/answers/advice-answers.ts";
import type { QuestionInput } from "#service/questions.ts";
import { type RefObject, useRef, useState } from "react";
import { changeChoices, undo } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import type { Apply } from "./ChangeList.tsx";

type Question = QuestionInput<"advice"> & QuestionInput<"firstAdvice">;

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

export const adviceQuestionFor = once();
const firstQuestionFor = once();

/** The list for an answer: the last one until that of this answer is worked out, and whether it is. */
export const useAdvice = (answer: Answer): Readonly<{ advice: PageAdvice | null; fresh: boolean }> => {
  const { value: advice, fresh } = useEngineAnswer("advice", adviceQuestionFor(answer));
  return { advice, fresh };
};

/** The one sentence for an answer: the last one until that of this answer is worked out, and whether it is. */
export const useFirstAdvice = (answer: Answer): Readonly<{ first: TopChange | null; fresh: boolean }> => {
  const { value: first, fresh } = useEngineAnswer("firstAdvice", firstQuestionFor(answer));
  return { first, fresh };
};

type Made = Readonly<{ title: string; choices: Choices }>;

/** How to make a change, and the one that was just made, until something else changes. */
type UseApplied = Readonly<{
  apply: Apply;
  /** By its title; null where there is none. */
  applied: string | null;
  back: () => void;
  /** What stays when the way back goes: it takes the focus then. */
  frame: RefObject<HTMLDivElement | null>;
}>;

export const useApplied = (): UseApplied => {
  const now = useScenario(({ choices }) => choices);
  const [made, setMade] = useState<Made | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  return {
    apply: (title, patch) => {
      changeChoices(patch);
      setMade({ title, choices: useScenario.getState().choices });
    },
    applied: made !== null && made.choices === now ? made.title : null,
    back: () => {
      frame.current?.focus({ preventScroll: true });
      undo();
      setMade(null);
    },
    frame,
  };
};
