import { useRef, type PointerEvent } from "react";

/** What a slider has to hear of fingers. */
type FingerEvents = Readonly<{
  onPointerDown: (event: PointerEvent) => void;
  onPointerUp: () => void;
  onPointerCancel: () => void;
}>;

/**
 * A finger that comes down on a slider chooses at once, and may be about to scroll the page. So the first value is held back until a second one shows that
 * the finger goes along the slider, or until it is lifted; where the browser cancels it, it scrolls, and nothing was chosen.
 *
 * @returns `take`: what to call with each value that is chosen
 */
export const useFinger = (
  set: (value: number) => void,
): Readonly<{ take: (value: number) => void; events: FingerEvents }> => {
  /** The first value since a finger came down, null: there is none yet. Without a finger, and once it goes along: undefined. */
  const first = useRef<number | null>(undefined);
  const letGo = (): void => {
    first.current = undefined;
  };
  return {
    take: (value) => {
      if (first.current === null) first.current = value;
      else {
        letGo();
        set(value);
      }
    },
    events: {
      onPointerDown: ({ pointerType }) => {
        first.current = pointerType === "touch" ? null : undefined;
      },
      onPointerUp: () => {
        if (first.current != null) set(first.current);
        letGo();
      },
      onPointerCancel: letGo,
    },
  };
};
