import { useMemo } from "react";
import { create } from "zustand";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { useAnswer } from "#scenario/page/store.ts";

/** A moment of the run that bars and table draw in place of the step: its name, and the methods as they are in it. */
export type ShownMoment = Readonly<{ name: string; methods: PageAnswer["methods"] }>;

/** What is drawn in place of the step; null: the step. Set by the strip of the run (`panels/run/`). */
export const useShownMoment = create<Readonly<{ shown: ShownMoment | null }>>(() => ({ shown: null }));

/** The answer with its methods as they are in the moment that is looked at. */
export const useMomentAnswer = (): PageAnswer => {
  const answer = useAnswer();
  const { shown } = useShownMoment();
  return useMemo(() => (shown ? { ...answer, methods: shown.methods } : answer), [answer, shown]);
};
