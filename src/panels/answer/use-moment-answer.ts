import { useMemo } from "react";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { useShownMoment } from "./selection.ts";

/** The answer with its methods as they are in the moment of the run that is looked at. */
export const useMomentAnswer = (): PageAnswer => {
  const answer = useAnswer();
  const methods = useShownMoment()?.methods;
  return useMemo(() => (methods ? { ...answer, methods } : answer), [answer, methods]);
};
