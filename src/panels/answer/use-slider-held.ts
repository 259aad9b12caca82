import { useEffect, useState } from "react";

/** The axis settles this long after a slider is let go. */
const SETTLE_MILLISECONDS = 300;

const isSlider = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input[type="range"], [role="slider"]') !== null;

/** Whether some slider of the page is held, by pointer or by key, or was until 300 ms ago. */
export const useSliderHeld = (): boolean => {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hold = (event: Event): void => {
      if (!isSlider(event.target)) return;
      clearTimeout(timer);
      setHeld(true);
    };
    const release = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => setHeld(false), SETTLE_MILLISECONDS);
    };
    const listening = new AbortController();
    const options = { signal: listening.signal, capture: true };
    for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, hold, options);
    for (const type of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(type, release, options);
    return () => {
      listening.abort();
      clearTimeout(timer);
    };
  }, []);
  return held;
};
