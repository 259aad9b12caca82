import type { Between } from "#ui/free-window.ts";

/** Between a tooltip and what it stands beside, px. */
const GAP = 6;

/**
 * Where a tooltip begins, px from the top of the window: under its bar; over it where there is no room under it; over both where there is room for
 * neither, as far as it has to be in sight.
 *
 * @param bar from the bar's upper edge to its lower one, in the window
 * @param height of the tooltip
 * @param free the part of the window that is in sight
 */
export const tooltipTop = (bar: Between, height: number, free: Between): number => {
  const under = bar.bottom + GAP;
  const over = bar.top - GAP - height;
  if (under + height <= free.bottom) return under;
  return over >= free.top ? over : Math.max(free.top, Math.min(under, free.bottom - height));
};
