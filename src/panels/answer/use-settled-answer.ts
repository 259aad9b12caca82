import { useDeferredValue, useState } from "react";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { useSliderHeld } from "./use-slider-held.ts";

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
