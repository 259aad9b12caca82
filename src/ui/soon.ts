import type { ComponentType } from "react";
import { late } from "./late.tsx";

const coming: Promise<unknown>[] = [];

/** When every such part is here, or cannot be had: a page drawn then is drawn whole. */
export const allSoon = (): Promise<unknown> => Promise.all(coming);

/**
 * A late part that is in sight from the start: it stands in the static page, and its script is fetched as soon as the first chunk has run, so that
 * it is there by the time a link is read and pushes nothing down.
 */
export const soon = <Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> => {
  const { Part, ready } = late(load);
  coming.push(ready());
  return Part;
};
