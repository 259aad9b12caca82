let isTakenOver = false;

/** From now on React takes over what the build has drawn, with `hydrateRoot`. */
export const takeOver = (): void => {
  isTakenOver = true;
};

/** Whether this page is one that the build has drawn, and not one that is drawn anew. */
export const isDrawnByBuild = (): boolean => isTakenOver;
