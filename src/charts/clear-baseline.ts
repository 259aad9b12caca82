/** How far letters of 12 px reach above and below their baseline, with a little room. */
const ASCENT = 13;
const DESCENT = 5;

const goesThrough = (baseline: number, lineY: number): boolean =>
  baseline - ASCENT < lineY && lineY < baseline + DESCENT;

/**
 * Where words of 12 px stand in a chart, in px from the top: the first of some baselines where no level line goes through them; the first of all where there is
 * none.
 */
export const clearBaseline = ([first, ...others]: readonly [number, ...number[]], linesY: readonly number[]): number =>
  [first, ...others].find((baseline) => !linesY.some((lineY) => goesThrough(baseline, lineY))) ?? first;
