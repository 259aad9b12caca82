import { useScenario } from "#scenario/page/store.ts";

/** Whether the page that embeds the calculator has fixed this link key. */
export const useLocked = (key: string): boolean => useScenario(({ choices }) => choices.lock.includes(key));
