import { MOST_PINNED } from "#scenario/choices/pinned-keys.ts";
import { useScenario } from "./store.ts";

/** Whether no further scenario fits beside those that are held. */
export const useIsFull = (): boolean => useScenario(({ pinned }) => pinned.length >= MOST_PINNED);
