import { useMemo } from "react";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { atWorst } from "./at-worst.ts";
import { useShownMoment } from "./selection.ts";

/** The answer with its methods as they are in the moment of the run that is looked at; in an embed, which has no run to look at, in their worst, as its cards say. */
export const useMomentAnswer = (): PageAnswer => {
  const answer = useAnswer();
  const methods = useShownMoment()?.methods;
  return useMemo(() => {
    if (methods) return { ...answer, methods };
    return answer.choices.embed ? { ...answer, methods: atWorst(answer).methods } : answer;
  }, [answer, methods]);
};
