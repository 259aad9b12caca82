import { useState, useSyncExternalStore } from "react";

const never = (): (() => void) => () => undefined;

/** Whether React takes this part of the page over as the build has drawn it, and does not draw it anew. Stays as it was at first. */
export const useTakenOver = (): boolean => {
  const now = useSyncExternalStore(
    never,
    () => false,
    () => true,
  );
  return useState(now)[0];
};
