/** A pointer or a key goes down. */
const TAKING = ["pointerdown", "keydown"] as const;
const LETTING_GO = ["pointerup", "pointercancel", "keyup"] as const;

let holds = 0;
let isDown = false;

/** Which time it is that a hand is on a control (1 for the first); null while none is. A drag is one such time, however long it rests. */
export const currentHold = (): number | null => (isDown ? holds : null);

/** A key that is held down repeats. */
const isRepeated = (event: Event): boolean => event instanceof KeyboardEvent && event.repeat;

/**
 * Watches for hands on controls, wherever on the page.
 *
 * @param onTaken called when what a hand has done so far should be kept: when it lets go, when the browser says that a field has another value, and when
 *   something else is pressed. A page that is reloaded or closed right then must have it: a key may be the one for that, while the thumb is still held
 * @param signal ends it
 */
export const watchHand = (onTaken: () => void, signal: AbortSignal): void => {
  const take = (event: Event): void => {
    if (!isRepeated(event)) {
      holds += 1;
      onTaken();
    }
    isDown = true;
  };
  const letGo = (): void => {
    isDown = false;
    onTaken();
  };
  for (const type of TAKING) addEventListener(type, take, { signal, capture: true });
  for (const type of LETTING_GO) addEventListener(type, letGo, { signal });
  addEventListener("change", onTaken, { signal });
  signal.addEventListener("abort", () => (isDown = false), { once: true });
};
