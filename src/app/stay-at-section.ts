import { stayAt } from "#ui/stay-at.ts";
import { UNDER_HEADER } from "./under-header.ts";

/** The part of the page that a fragment leads to; null where it leads to none. */
const sectionOf = (hash: string): Element | null => document.getElementById(hash.slice(1));

/** Whether the window shows a part where a link to it leads. */
const isAtTop = (section: Element): boolean => Math.abs(section.getBoundingClientRect().top) < UNDER_HEADER;

/**
 * Follows links that lead to a part of the page, that of the address first. Parts above it may be drawn only then, and a browser that has just scrolled does
 * not always hold its place.
 *
 * @returns ends it
 */
export const stayAtSections = (): (() => void) => {
  const listening = new AbortController();
  const follow = ({ target }: Event): void => {
    const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a[href^='#']") : null;
    const section = link && sectionOf(link.hash);
    if (section !== null) stayAt(section);
  };
  // A link that was pressed before the page came to life, or the page's own.
  const first = sectionOf(location.hash);
  if (first !== null && isAtTop(first)) stayAt(first);
  document.addEventListener("click", follow, { signal: listening.signal });
  return () => listening.abort();
};
