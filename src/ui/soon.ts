import type { ComponentType } from "react";
import { late } from "./late.tsx";
import { seenOrTouched } from "./woken.ts";

const coming: Promise<unknown>[] = [];

/** When every such part is here, or cannot be had: a page drawn then is drawn whole. Those that wait to be seen wait on. */
export const allSoon = (): Promise<unknown> => Promise.all(coming);

/**
 * A late part that is in sight from the start: it stands in the static page, and its script is fetched as soon as the first chunk has run, so that
 * it is there by the time a link is read and pushes nothing down.
 *
 * @param drawnAs the id of what the static page has in its place, where that may be out of sight: it comes alive when it is seen, or with the first touch
 */
export const soon = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  drawnAs?: string,
): ComponentType<Props> => {
  const { Part, ready } = late(async () => {
    if (drawnAs !== undefined) await seenOrTouched(drawnAs);
    return load();
  });
  coming.push(ready());
  return Part;
};
