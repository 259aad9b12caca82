import { useSyncExternalStore } from "react";

type Media = Readonly<{ subscribe: (listener: () => void) => () => void; matches: () => boolean }>;

/** One list for each query, and functions that stay the same: a new one would be subscribed to at every render. */
const known = new Map<string, Media>();

const mediaOf = (query: string): Media => {
  const before = known.get(query);
  if (before !== undefined) return before;
  const list = matchMedia(query);
  const media: Media = {
    subscribe: (listener) => {
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    matches: () => list.matches,
  };
  known.set(query, media);
  return media;
};

const NOWHERE: Media = { subscribe: () => () => undefined, matches: () => false };

/** Whether a media query holds; false in the static page. */
export const useMedia = (query: string): boolean => {
  const { subscribe, matches } = typeof matchMedia === "undefined" ? NOWHERE : mediaOf(query);
  return useSyncExternalStore(subscribe, matches, () => false);
};

/** Whether the window is as narrow as a phone's, as the style sheets say it; false in the static page. */
export const useIsPhone = (): boolean => useMedia("(max-width: 899px)");
