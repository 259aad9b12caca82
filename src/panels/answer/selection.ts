import { create } from "zustand";
import type { TermId } from "#calc/model/term.ts";
import type { BarsSelection } from "#charts/MemoryBars.tsx";

/** What is looked at in the answer: one term, everywhere at once; and the formula that was asked for and has not come into view yet. */
type Looking = Readonly<{ selected: BarsSelection | null; asked: TermId | null }>;

const useLooking = create<Looking>(() => ({ selected: null, asked: null }));

/** The term under the pointer or the focus, in the bars or in the table. */
export const useSelected = (): BarsSelection | null => useLooking(({ selected }) => selected);

/** The term whose formula somebody asked to see. */
export const useAskedFormula = (): TermId | null => useLooking(({ asked }) => asked);

/** Selects one term everywhere, or none. */
export const select = (selected: BarsSelection | null): void => {
  const now = useLooking.getState().selected;
  if (now?.term !== selected?.term || now?.method !== selected?.method) useLooking.setState({ selected });
};

/** Opens the formula of one term in "How it is computed" and brings it into view. */
export const openFormula = (asked: TermId): void => useLooking.setState({ asked });

/** The formula that was asked for is in view. */
export const formulaShown = (): void => useLooking.setState({ asked: null });
