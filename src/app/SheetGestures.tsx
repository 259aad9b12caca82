import { type RefObject, useEffect } from "react";
import { watchDismissal } from "#ui/watch-dismissal.ts";
import { watchPull } from "#ui/watch-pull.ts";

type SheetGesturesProps = Readonly<{
  isOpen: boolean;
  /** The sheet's upper edge, with the button in it. */
  edge: RefObject<HTMLElement | null>;
  onToggle: (open: boolean) => void;
}>;

const isSeen = (element: Element | null): element is HTMLElement =>
  element instanceof HTMLElement && element !== document.body && element.checkVisibility();

/** Opens and closes the sheet by a pull at its edge, closes it by Escape, and gives the focus back to what it was opened from. */
export const SheetGestures = ({ isOpen, edge, onToggle }: SheetGesturesProps): null => {
  useEffect(() => {
    const end = new AbortController();
    if (edge.current !== null) watchPull(edge.current, (to) => onToggle(to === "up"), end.signal);
    return () => end.abort();
  }, [edge, onToggle]);
  useEffect(() => {
    if (!isOpen) return undefined;
    const opener = document.activeElement;
    const button = edge.current?.querySelector("button");
    const end = watchDismissal(() => onToggle(false));
    return () => {
      end();
      // What had the focus went away with the sheet.
      if (isSeen(document.activeElement)) return;
      (isSeen(opener) ? opener : button)?.focus({ preventScroll: true });
    };
  }, [isOpen, edge, onToggle]);
  return null;
};
