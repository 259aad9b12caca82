// Hooks for an answer that waits for sliders, for details loaded near the window, and for visibility.

import { useDeferredValue, useState, type RefObject, useEffect, useRef } from "react";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { useSliderHeld } from "#ui/SliderField.tsx";
import { useWholePage } from "#ui/window.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import type { QuestionInput, QuestionResult, QuestionId } from "#service/questions.ts";

/**
 * The answer for what lies below the first screen: while a slider is held it stays as it was, and it changes after verdict, cards and bars have
 * been drawn. Formulas and Recharts take longer than a frame, and nobody reads them while dragging.
 */
export const useSettledAnswer = (): PageAnswer => {
  const answer = useDeferredValue(useAnswer());
  const held = useSliderHeld();
  const [settled, setSettled] = useState(answer);
  if (held || settled === answer) return settled;
  setSettled(answer);
  return answer;
};

/** How far below the window a late panel begins to load. */
const AHEAD = "400px";

/** Whether an element has come near the window, or the whole page is wanted; once it is so, it stays so. */
export const useNear = <Box extends HTMLElement>(): Readonly<{ ref: RefObject<Box | null>; near: boolean }> => {
  const ref = useRef<Box>(null);
  const [near, setNear] = useState(false);
  const whole = useWholePage();
  if (whole && !near) setNear(true);
  useEffect(() => {
    const box = ref.current;
    if (near || box === null || typeof IntersectionObserver === "undefined") return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setNear(true);
      },
      { rootMargin: AHEAD },
    );
    observer.observe(box);
    return () => observer.disconnect();
  }, [near]);
  return { ref, near };
};

/** What the engine says to a question, and the answer that it goes with. */
type Told<Id extends QuestionId> = Readonly<{ answer: PageAnswer; given: QuestionResult<Id> }>;

/**
 * Asks the engine for more about an answer. Answer and what is given stay as they were until both are there anew, so that a panel never draws two
 * scenarios at once.
 *
 * @param asked names the choices of the answer; kept from draw to draw (`useMemo`) while it says the same; null asks nothing
 * @returns null before anything is given
 */
export const useAnswerDetails = <Id extends QuestionId>(
  answer: PageAnswer,
  id: Id,
  asked: QuestionInput<Id> | null,
): Told<Id> | null => {
  const { value, fresh } = useEngineAnswer(id, asked);
  const [told, setTold] = useState<Told<Id> | null>(null);
  if (!fresh || (told?.answer === answer && told.given === value)) return told;
  // Fresh is what was given to this very question; null may be just that.
  const next: Told<Id> = { answer, given: value as QuestionResult<Id> };
  setTold(next);
  return next;
};

/** Says that what calls this is shown, and when it goes, that it is no more. @param say the same function from draw to draw */
export const useVisibilityReport = (say: (shown: boolean) => void): void =>
  useEffect(() => {
    say(true);
    return () => say(false);
  }, [say]);
