/** Where the plot lies in the chart's box, px from its sides: what stands over the chart must know it without Recharts. */
export const PLOT = { left: 40, right: 4, top: 8, bottom: 6 } as const;

/** How far along the plot a place of the window lies in a box, from 0 to 1. */
export const plotFraction = (clientX: number, box: Readonly<{ left: number; width: number }>): number => {
  const width = Math.max(1, box.width - PLOT.left - PLOT.right);
  return Math.min(1, Math.max(0, (clientX - box.left - PLOT.left) / width));
};
