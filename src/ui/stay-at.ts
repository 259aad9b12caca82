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
