// Touches and clicks made before the page can respond, recorded and replayed after it starts.

import { flushSync } from "react-dom";
import { allPartsReady, wakeAllParts } from "#ui/late-parts.tsx";

/** What `public/boot.js` holds of a drawn page: the touches so far, and how it holds one more. */
type Early = Readonly<{
  held: Event[];
  hold: (event: Event) => void;
  /** Begins to hold, with `addEventListener`, or ends it, with `removeEventListener`. */
  holding: (change: typeof addEventListener | typeof removeEventListener) => void;
}>;

declare global {
  interface Window {
    /** Only in a built page. */
    early?: Early;
  }
}

/** What is held. */
const TYPES = ["click", "input", "keydown"] as const;

const isMoved = ({ type }: Event, target: EventTarget): target is HTMLInputElement =>
  type === "input" && target instanceof HTMLInputElement;

/**
 * React sees a change of a field where its value is another than the last that React knows of, and what stands in a field when it takes the page
 * over it takes for its own. So the drawn value is set as React sees it (on the element), and the moved one as a hand does (past the element).
 */
const makeMoved = (field: HTMLInputElement, value: string): void => {
  field.value = field.defaultValue;
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field, value);
};

/** Does again what was done to `event.target`, on `target`. */
const redo = (event: Event, target = event.target): void => {
  if (target === null || event.target === null) return;
  // Nothing listens to this one, but React takes the part over that it reaches.
  target.dispatchEvent(new Event("keyup", { bubbles: true }));
  if (isMoved(event, target) && isMoved(event, event.target)) makeMoved(target, event.target.value);
  const Kind = event.constructor as typeof Event;
  // Each is done before the next one: a key steps from where the one before went to.
  flushSync(() => target.dispatchEvent(new Kind(event.type, event)));
};

/**
 * Does what was pressed and moved in the drawn page before React took it over, once it has: call it right after `hydrateRoot`. React stops what
 * reaches a part whose code is still on its way: that is held until all of it is here.
 */
export const replayTouches = async (container: HTMLElement): Promise<void> => {
  const { early } = window;
  if (early === undefined) return;
  const redoHeld = (): void => early.held.splice(0).forEach((event) => redo(event));
  const holdStopped = (event: Event): void => {
    if (event.cancelBubble) early.hold(event);
  };
  early.holding(removeEventListener);
  if (early.held.length > 0) wakeAllParts();
  // After React's own, which hydrateRoot has added.
  for (const type of TYPES) container.addEventListener(type, holdStopped, true);
  redoHeld();
  await allPartsReady();
  // React hears of the last part a few moments later than we do: what it stops until then is held, and done once more.
  for (let times = 9; times > 0; times--) {
    await new Promise((resolve) => setTimeout(resolve));
    redoHeld();
  }
  for (const type of TYPES) container.removeEventListener(type, holdStopped, true);
};

/** The way down to an element: which of `tops`, which child of that, and so on; null where the element is not below them. */
const wayTo = (tops: readonly Element[], element: Element): readonly number[] | null => {
  const top = tops.indexOf(element);
  if (top >= 0) return [top];
  const parent = element.parentElement;
  const way = parent && wayTo(tops, parent);
  return parent && way && [...way, [...parent.children].indexOf(element)];
};

const elementAt = (container: Element, way: readonly number[]): Element | null =>
  way.reduce<Element | null>((at, index) => at?.children[index] ?? null, container);

/**
 * The same for a page that is drawn anew: call it before, and what it returns once the page stands. What was done is done to what stands in the same
 * place; the focus goes there too.
 */
export const keepTouches = (container: HTMLElement): (() => void) => {
  const tops = [...container.children];
  const focused = document.activeElement;
  const focusAt = (old: EventTarget | null): Element | null => {
    const way = old instanceof Element ? wayTo(tops, old) : null;
    const place = way && elementAt(container, way);
    if (place instanceof HTMLElement) place.focus({ preventScroll: true });
    return place;
  };
  return () => {
    const { early } = window;
    early?.holding(removeEventListener);
    focusAt(focused);
    for (const event of early?.held.splice(0) ?? []) redo(event, focusAt(event.target));
  };
};
