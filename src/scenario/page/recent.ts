import { create } from "zustand";

/** So many are shown again at the top of the list. */
const MOST_RECENT = 4;

type ListId = "model" | "gpu";
type Recent = Readonly<Record<ListId, readonly string[]>>;

const useVisit = create<Recent>(() => ({ model: [], gpu: [] }));

/** What was chosen in a list in this visit, newest first. Kept in memory only; nothing is stored. */
export const useRecent = (list: ListId): readonly string[] => useVisit((visit) => visit[list]);

/** Puts an id at the top of what was chosen lately. */
export const addRecent = (list: ListId, id: string): void =>
  useVisit.setState((visit) => ({
    [list]: [id, ...visit[list].filter((other) => other !== id)].slice(0, MOST_RECENT),
  }));
