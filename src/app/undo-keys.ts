import { redo, undo } from "#scenario/page/actions.ts";

/** Fields whose text is being written: there the browser's own undo is meant. */
const WRITTEN =
  'textarea, [contenteditable], input:is([type="text"], [type="search"]):not([role="spinbutton"]), [data-written]';

const isMeant = ({ ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean =>
  (ctrlKey || metaKey) &&
  !altKey &&
  !(target instanceof Element && target.matches(WRITTEN)) &&
  // Behind a page over the page nobody would see what is taken back.
  document.querySelector("dialog:modal") === null;

const actOf = ({ key, shiftKey }: KeyboardEvent): (() => void) | null => {
  const pressed = key.toLowerCase();
  if (pressed === "z") return shiftKey ? redo : undo;
  return pressed === "y" && !shiftKey ? redo : null;
};

/**
 * Takes steps back with Ctrl+Z, and again with Ctrl+Shift+Z or Ctrl+Y (the command key on a Mac).
 *
 * @returns ends it
 */
export const watchUndoKeys = (): (() => void) => {
  const press = (event: KeyboardEvent): void => {
    const act = isMeant(event) ? actOf(event) : null;
    if (act === null) return;
    event.preventDefault();
    act();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
};
