import { type RefObject, type SyntheticEvent, useLayoutEffect, useRef } from "react";

export type Modal = Readonly<{
  dialog: RefObject<HTMLDialogElement | null>;
  close: () => void;
  /** What the dialog element listens to. */
  listeners: Readonly<{ onCancel: (event: SyntheticEvent) => void; onClose: () => void }>;
}>;

/**
 * A dialog over the page that stands open as long as its part does.
 * Its owner hears at once that it closes. The browser's own event comes with the next frame, when the dialog may have been opened again: it would close the new one.
 */
export const useModal = (onClose: () => void): Modal => {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before what is in it takes the focus.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const close = (): void => {
    dialog.current?.close();
    onClose();
  };
  // That of a file field in it bubbles.
  const cancel = ({ target, currentTarget }: SyntheticEvent): void => {
    if (target === currentTarget) close();
  };
  return { dialog, close, listeners: { onCancel: cancel, onClose } };
};
