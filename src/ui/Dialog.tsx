// Dialogs and sheets: the dialog page, modal behavior, pull and dismissal.

import {
  type ReactElement,
  type ReactNode,
  useId,
  useRef,
  type RefObject,
  type SyntheticEvent,
  useLayoutEffect,
} from "react";
import { Button } from "./Button.tsx";
import styles from "./Dialog.module.css";

type PageDialogProps = Readonly<{
  title: string;
  /** The anchor of the place that the reader came from. */
  back: string;
  /** As wide as a column, and as high as what it holds; on a phone it fills the window like the others. */
  small?: boolean;
  children: ReactNode;
}>;

/** A page over the page: shown while the address names it by an anchor, so that it can be linked, and "back" leaves it. */
export const PageDialog = ({ title, back, small = false, children }: PageDialogProps): ReactElement => {
  const id = useId();
  const close = (): void => {
    location.hash = back;
  };
  const { dialog } = useModal(close);
  return (
    <dialog ref={dialog} className={small ? styles.small : styles.dialog} aria-labelledby={id} onClose={close}>
      <div className={styles.head}>
        <h2 id={id}>{title}</h2>
        <Button onClick={close}>Close</Button>
      </div>
      {children}
    </dialog>
  );
};

type Modal = Readonly<{
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

/** A pull of this many pixels opens or closes a sheet. */
const PULL_PIXELS = 48;

/**
 * Follows a finger or a pointer that pulls a sheet by its upper edge.
 *
 * @param edge does not scroll (`touch-action: none`)
 * @param onPull where to
 * @param signal ends it
 */
export const watchPull = (edge: HTMLElement, onPull: (to: "up" | "down") => void, signal: AbortSignal): void => {
  let from: number | null = null;
  edge.addEventListener("pointerdown", ({ clientY }) => (from = clientY), { signal });
  edge.addEventListener(
    "pointerup",
    ({ clientY }) => {
      const pulled = from === null ? 0 : clientY - from;
      from = null;
      if (Math.abs(pulled) >= PULL_PIXELS) onPull(pulled < 0 ? "up" : "down");
    },
    { signal },
  );
};

/** What asks to close something: in Chromium's own words Escape, and the gesture for going back on a phone. */
type Watcher = EventTarget & Readonly<{ destroy: () => void }>;

const { CloseWatcher } = globalThis as Readonly<{ CloseWatcher?: new () => Watcher }>;

/** Something lies over what is to be closed, and closes first. */
const isUnderAnother = (): boolean => document.querySelector(":modal, :popover-open") !== null;

/**
 * Hears when somebody wants something that is not modal closed: by Escape, and where the browser tells of it (Chromium) by the gesture for going back.
 *
 * @see https://html.spec.whatwg.org/multipage/interaction.html#close-requests-and-close-watchers
 * @returns what ends it
 */
export const watchDismissal = (onDismiss: () => void): (() => void) => {
  if (CloseWatcher !== undefined) {
    const watcher = new CloseWatcher();
    watcher.addEventListener("close", onDismiss);
    return () => watcher.destroy();
  }
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.defaultPrevented && !isUnderAnother()) onDismiss();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
};
