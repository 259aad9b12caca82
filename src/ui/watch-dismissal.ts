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
