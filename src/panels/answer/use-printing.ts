import { useSyncExternalStore } from "react";

/** `gathered`: what is printed is being fetched, and the screen stays as it is. */
type Stage = "screen" | "gathered" | "printed";

let stage: Stage = "screen";
const drawn = new Set<() => void>();

/** Says that the page is printed, or is not any more: by `app/after-start.ts` alone. */
export const setPrinting = (next: Stage): void => {
  stage = next;
  for (const draw of drawn) draw();
};

const subscribe = (draw: () => void): (() => void) => {
  drawn.add(draw);
  return () => drawn.delete(draw);
};

const never = (): boolean => false;

/** Whether the page is being printed: then what is folded is open. */
export const usePrinting = (): boolean => useSyncExternalStore(subscribe, () => stage === "printed", never);

/** Whether every panel is wanted, wherever the window stands: the page is being printed, or about to be. */
export const useWholePage = (): boolean => useSyncExternalStore(subscribe, () => stage !== "screen", never);
