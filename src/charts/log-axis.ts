/** The round numbers of a decade. */
const ROUND = [1, 2, 5] as const;

const roundBelow = (value: number): number => {
  const decade = 10 ** Math.floor(Math.log10(value));
  return decade * (ROUND.findLast((step) => step * decade <= value * (1 + Number.EPSILON)) ?? 1);
};

const roundAfter = (value: number): number => {
  const decade = 10 ** Math.floor(Math.log10(value));
  const next = ROUND.find((step) => step * decade > value * (1 + 1e-9));
  return next === undefined ? 10 * decade : next * decade;
};

/** The ticks of a log axis that holds all values: 1, 2 or 5 times a power of ten, from below the least to above the greatest; 1 and 10 of none. */
export const logTicks = (values: readonly number[]): readonly number[] => {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [1, 10];
  const most = Math.max(...positive);
  const ticks = [roundBelow(Math.min(...positive))];
  for (let last = ticks[0] ?? 1; last < most; last = ticks.at(-1) ?? most) ticks.push(roundAfter(last));
  return ticks.length > 1 ? ticks : [ticks[0] ?? 1, roundAfter(ticks[0] ?? 1)];
};
