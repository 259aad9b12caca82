import { useSyncExternalStore } from "react";
import type { TermId } from "#calc/model/term.ts";
import type { BarsSelection } from "#charts/MemoryBars.tsx";

/** What is looked at in the answer: one term, everywhere at once; and the formula that was asked for and has not come into view yet. */
type Looking = Readonly<{ selected: BarsSelection | null; asked: TermId | null }>;

let looking: Looking = { selected: null, asked: null };
const listeners = new Set<() => void>();

const look = (next: Looking): void => {
  looking = next;
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const NOTHING: Looking = { selected: null, asked: null };

const useLooking = (): Looking =>
  useSyncExternalStore(
    subscribe,
    () => looking,
    () => NOTHING,
  );

/** The term under the pointer or the focus, in the bars or in the table. */
export const useSelected = (): BarsSelection | null => useLooking().selected;

/** The term whose formula somebody asked to see. */
export const useAskedFormula = (): TermId | null => useLooking().asked;

/** Selects one term everywhere, or none. */
export const select = (selected: BarsSelection | null): void => {
  const now = looking.selected;
  if (now?.term === selected?.term && now?.method === selected?.method) return;
  look({ ...looking, selected });
};

/** Opens the formula of one term in "How it is computed" and brings it into view. */
export const openFormula = (term: TermId): void => look({ ...looking, asked: term });

/** The formula that was asked for is in view. */
export const formulaShown = (): void => look({ ...looking, asked: null });
