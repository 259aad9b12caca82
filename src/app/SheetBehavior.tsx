// Behavior of the scenario sheet on a phone: pull, Escape, focus, and scrolling to a requested control.

import { type RefObject, useEffect } from "react";
import { controlElementId, clearAskedControl, useAskedControl } from "#scenario/page/store.ts";
import { useIsPhone } from "#ui/window.ts";
import { watchDismissal, watchPull } from "#ui/Dialog.tsx";

type SheetMovesProps = Readonly<{
  isOpen: boolean;
  onOpen: (open: boolean) => void;
  /** The sheet's upper edge, with the button in it. */
  edge: RefObject<HTMLElement | null>;
}>;

const isSeen = (element: Element | null): element is HTMLElement =>
  element instanceof HTMLElement && element !== document.body && element.checkVisibility();

const buttonOf = (edge: SheetMovesProps["edge"]): HTMLElement | null => edge.current?.querySelector("button") ?? null;

/** A pull at the edge is a press of its button. */
const usePull = ({ isOpen, edge }: SheetMovesProps): void => {
  useEffect(() => {
    const end = new AbortController();
    const pull = (to: "up" | "down"): void => {
      if ((to === "down") === isOpen) buttonOf(edge)?.click();
    };
    if (edge.current !== null) watchPull(edge.current, pull, end.signal);
    return () => end.abort();
  }, [isOpen, edge]);
};

/** Escape closes the sheet; when it closes, whatever closes it, the focus that was in it goes back to what it was opened from. */
const useDismissal = ({ isOpen, onOpen, edge }: SheetMovesProps): void => {
  useEffect(() => {
    if (!isOpen) return undefined;
    const opener = document.activeElement;
    const button = buttonOf(edge);
    const end = watchDismissal(() => onOpen(false));
    return () => {
      end();
      if (!isSeen(document.activeElement)) (isSeen(opener) ? opener : button)?.focus({ preventScroll: true });
    };
  }, [isOpen, onOpen, edge]);
};

/** Leads to the control that something on the page has asked for, on a phone into the sheet. */
const useLeading = (isPhone: boolean, { isOpen, onOpen }: SheetMovesProps): void => {
  const asked = useAskedControl();
  useEffect(() => {
    if (asked === null) return;
    if (isPhone && !isOpen) {
      onOpen(true);
      return;
    }
    const control = document.getElementById(controlElementId(asked))?.querySelector<HTMLElement>("input, button");
    control?.scrollIntoView({ block: "nearest" });
    control?.focus();
    clearAskedControl();
  }, [asked, isPhone, isOpen, onOpen]);
};

/** All that opens and closes the scenario's sheet beside its button, and leads into it. */
export const SheetBehavior = (props: SheetMovesProps): null => {
  const isPhone = useIsPhone();
  usePull(props);
  useDismissal({ ...props, isOpen: props.isOpen && isPhone });
  useLeading(isPhone, props);
  return null;
};
