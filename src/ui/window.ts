// State of the browser window: media queries, hash, printing, and holding a section in view.

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

/** How long parts above a section come in and push it, at most, in milliseconds. */
const SETTLES_WITHIN = 15_000;

/** What says that the reader goes on. */
const GOES_ON = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

/** Keeps a section where the window shows it while what is above it comes in, until the reader goes on. */
export const holdInView = (section: Element): void => {
  const over = new AbortController();
  const { signal } = over;
  const grown = new ResizeObserver(() => section.scrollIntoView({ block: "start", behavior: "instant" }));
  const end = (): void => over.abort();
  signal.addEventListener("abort", () => grown.disconnect());
  for (const type of GOES_ON) addEventListener(type, end, { signal, capture: true, passive: true });
  setTimeout(end, SETTLES_WITHIN);
  grown.observe(document.body);
};

const subscribe = (listener: () => void): (() => void) => {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
};

/** The anchor in the address, `#` included; empty where there is none, and in the static page. */
export const useHash = (): string =>
  useSyncExternalStore(
    subscribe,
    () => location.hash,
    () => "",
  );

/** `gathered`: what is printed is being fetched, and the screen stays as it is. */
type Stage = "screen" | "gathered" | "printed";

let stage: Stage = "screen";
const drawn = new Set<() => void>();

/** Says that the page is printed, or is not any more: by `app/startup-tasks.ts` alone. */
export const setPrinting = (next: Stage): void => {
  stage = next;
  for (const draw of drawn) draw();
};

const subscribeToPrinting = (draw: () => void): (() => void) => {
  drawn.add(draw);
  return () => drawn.delete(draw);
};

const never = (): boolean => false;

/** Whether the page is being printed: then what is folded is open. */
export const usePrinting = (): boolean => useSyncExternalStore(subscribeToPrinting, () => stage === "printed", never);

/** Whether every panel is wanted, wherever the window stands: the page is being printed, or about to be. */
export const useWholePage = (): boolean => useSyncExternalStore(subscribeToPrinting, () => stage !== "screen", never);
