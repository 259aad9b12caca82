// State of what the reader looks at: run moment, selected component, requested formula and tensors.

import { create } from "zustand";
import type { TermId } from "#calc/model/terms.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import type { BarsSelection } from "#charts/MemoryBars.tsx";
import { holdInView } from "#ui/window.ts";
import { useMemo } from "react";
import { useAnswer } from "#scenario/page/store.ts";
import { atWorstMoment } from "./bars-data.ts";

/** What is looked at in the answer: one term, everywhere at once; the formula that was asked for and has not come into view yet; the moment of the run. */
type Looking = Readonly<{
  selected: BarsSelection | null;
  asked: TermId | null;
  alive: AskedAlive | null;
  moment: ShownMoment | null;
}>;

/** The moment of the run that bars and table draw: its name, and the methods as they are in it; null: as the answer has them, in the step. */
type ShownMoment = Readonly<{ name: string; methods: PageAnswer["methods"] | null }>;

/** The term whose tensors somebody asked to see, and which time that was. */
type AskedAlive = Readonly<{ term: TermId; time: number }>;

const useLooking = create<Looking>(() => ({ selected: null, asked: null, alive: null, moment: null }));

/** The moment that is drawn; null while nobody has said which: the step. */
export const useShownMoment = (): ShownMoment | null => useLooking(({ moment }) => moment);

/** Draws a moment of the run. */
export const showMoment = (moment: ShownMoment | null): void => useLooking.setState({ moment });

/** The term under the pointer or the focus, in the bars or in the table. */
export const useSelectedTerm = (): BarsSelection | null => useLooking(({ selected }) => selected);

/** The term whose formula somebody asked to see. */
export const useAskedFormula = (): TermId | null => useLooking(({ asked }) => asked);

/** Selects one term everywhere, or none. */
export const selectTerm = (selected: BarsSelection | null): void => {
  const now = useLooking.getState().selected;
  if (now?.term !== selected?.term || now?.method !== selected?.method) useLooking.setState({ selected });
};

/** Opens the formula of one term in "How it is computed" and brings it into view. */
export const openFormula = (asked: TermId): void => useLooking.setState({ asked });

/** The formula that was asked for is in view. */
export const clearAskedFormula = (): void => useLooking.setState({ asked: null });

/** The term whose tensors were asked for last. */
export const useAskedAliveTensors = (): AskedAlive | null => useLooking(({ alive }) => alive);

/** Opens "What is alive at the peak" at one term, and brings it into view. */
export const openAliveTensors = (term: TermId): void => {
  const time = (useLooking.getState().alive?.time ?? 0) + 1;
  useLooking.setState({ alive: { term, time } });
  const moments = document.getElementById("moments");
  moments?.scrollIntoView({ block: "start" });
  if (moments !== null) holdInView(moments);
};

/** The answer with its methods as they are in the moment of the run that is looked at; in an embed, which has no run to look at, in their worst, as its cards say. */
export const useMomentAnswer = (): PageAnswer => {
  const answer = useAnswer();
  const methods = useShownMoment()?.methods;
  return useMemo(() => {
    if (methods) return { ...answer, methods };
    return answer.choices.embed ? { ...answer, methods: atWorstMoment(answer).methods } : answer;
  }, [answer, methods]);
};
