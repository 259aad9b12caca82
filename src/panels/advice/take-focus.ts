/** The row of what was pressed goes, and the focus with it: its way back takes the focus when it comes. */
export const takeFocus = (button: HTMLButtonElement | null): void => button?.focus({ preventScroll: true });
