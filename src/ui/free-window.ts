/** A part of the window between two heights, px from its top. */
export type Between = Readonly<{ top: number; bottom: number }>;

/** Bars that stay where they are while the page scrolls. */
const STAYING = "header, aside";

/** The part of the window that no bar at its upper or lower edge lies over. */
export const freeWindow = (): Between => {
  const bars = [...document.querySelectorAll(STAYING)]
    .filter((bar) => /fixed|sticky/.test(getComputedStyle(bar).position))
    .map((bar) => bar.getBoundingClientRect());
  const isAbove = ({ top }: DOMRect): boolean => top <= 0;
  return {
    top: Math.max(0, ...bars.filter(isAbove).map(({ bottom }) => bottom)),
    bottom: Math.min(innerHeight, ...bars.filter((bar) => !isAbove(bar)).map(({ top }) => top)),
  };
};
