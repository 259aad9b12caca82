import { isFull } from "#scenario/keys/pinned-keys.ts";
import { useScenario } from "./store.ts";

/** Whether no further scenario fits beside those that are held. */
export const useIsFull = (): boolean => useScenario(({ pinned }) => isFull(pinned));
