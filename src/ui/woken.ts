/** A hand on the page, the focus of a reader, a page that is scrolled, paper asked for, an anchor that is gone to. */
const TOUCHES = ["pointerdown", "keydown", "click", "focusin", "scroll", "beforeprint", "hashchange"] as const;

let wakeAll: () => void = () => undefined;
const woken = new Promise<void>((resolve) => {
  wakeAll = resolve;
});

/** From now on nothing waits to be seen: what stands in the page is about to change, or is drawn anew. */
export const wake = (): void => wakeAll();

/** A page that nobody touches needs no life but where it is looked at. */
export const wakeWhenTouched = (): void => {
  if (location.hash !== "") wake();
  for (const type of TOUCHES) addEventListener(type, wake, { once: true, capture: true });
};

/**
 * When a part of the static page is worth bringing to life: it is in sight, or somebody has touched the page. At once where nothing is drawn.
 *
 * @param elementId of what the static page has in its place
 */
export const seenOrTouched = (elementId: string): Promise<void> => {
  const drawn = globalThis.document?.getElementById(elementId) ?? null;
  if (drawn === null || !("IntersectionObserver" in globalThis)) return Promise.resolve();
  return new Promise((resolve) => {
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) found();
    });
    const found = (): void => {
      observer.disconnect();
      resolve();
    };
    observer.observe(drawn);
    void woken.then(found);
  });
};
