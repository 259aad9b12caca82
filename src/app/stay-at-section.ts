/** How long parts above a section come in and push it, at most, in milliseconds. */
const SETTLES_WITHIN = 5000;

/** What says that the reader goes on. */
const GOES_ON = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

/** Keeps a section where the window shows it while what is above it comes in, until the reader goes on. */
const stayAt = (section: Element): void => {
  const over = new AbortController();
  const { signal } = over;
  const grown = new ResizeObserver(() => section.scrollIntoView({ block: "start", behavior: "instant" }));
  const end = (): void => over.abort();
  signal.addEventListener("abort", () => grown.disconnect());
  for (const type of GOES_ON) addEventListener(type, end, { signal, capture: true, passive: true });
  setTimeout(end, SETTLES_WITHIN);
  grown.observe(document.body);
};

/**
 * Follows links that lead to a part of the page. Parts above it may be drawn only then, and a browser that has just scrolled does not always hold its place.
 *
 * @returns ends it
 */
export const stayAtSections = (): (() => void) => {
  const listening = new AbortController();
  const follow = ({ target }: Event): void => {
    const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a[href^='#']") : null;
    const section = link === null ? null : document.getElementById(link.hash.slice(1));
    if (section !== null) stayAt(section);
  };
  document.addEventListener("click", follow, { signal: listening.signal });
  return () => listening.abort();
};
