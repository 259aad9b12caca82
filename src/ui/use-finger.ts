import { useRef, type PointerEvent } from "react";

type Finger = Readonly<{ x: number; y: number; from: number }> & { chosen: number; isSideways: boolean };

type FingerEvents = Readonly<
  Record<"onPointerDown" | "onPointerMove" | "onPointerUp" | "onPointerCancel", (event: PointerEvent) => void>
>;

/** A finger that rests moves as far as this, in pixels. */
const REST = 8;

/**
 * A finger that comes down on a slider may be about to scroll the page. So what it chooses is held back until it goes sideways or is lifted, and taken back
 * where the browser makes a scroll of it, which it then cancels.
 *
 * @returns `take`: what to call with each value that is chosen; `events`: what the slider has to hear
 */
export const useFinger = (
  value: number,
  set: (value: number) => void,
): Readonly<{ take: (value: number) => void; events: FingerEvents }> => {
  const down = useRef<Finger | null>(null);
  const take = (next: number): void => {
    if (down.current?.isSideways === false) down.current.chosen = next;
    else set(next);
  };
  const leave = (next: number | undefined): void => {
    down.current = null;
    if (next !== undefined) set(next);
  };
  const events: FingerEvents = {
    onPointerDown: ({ pointerType, clientX: x, clientY: y }) => {
      down.current = pointerType === "touch" ? { x, y, from: value, chosen: value, isSideways: false } : null;
    },
    onPointerMove: ({ clientX, clientY }) => {
      const finger = down.current;
      if (finger?.isSideways !== false) return;
      if (Math.abs(clientX - finger.x) <= Math.max(REST, Math.abs(clientY - finger.y))) return;
      finger.isSideways = true;
      set(finger.chosen);
    },
    onPointerUp: () => leave(down.current?.isSideways === false ? down.current.chosen : undefined),
    onPointerCancel: () => leave(down.current?.from),
  };
  return { take, events };
};
