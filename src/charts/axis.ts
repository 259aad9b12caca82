// End and ticks of a linear memory axis in GiB.

const STEP_DIGITS: readonly number[] = [1, 2, 4, 5];
const FEWEST = 4;
const MOST = 9;
/** Room for one label and air. */
const PIXELS_A_TICK = 70;

const count = (end: number, step: number): number => Math.floor(end / step + 1e-9) + 1;

const steps = (end: number): readonly number[] => {
  const power = 10 ** (Math.floor(Math.log10(end)) - 1);
  return [power, power * 10].flatMap((unit) => STEP_DIGITS.map((digit) => digit * unit));
};

/** The ticks of an axis from zero to `endGib` that is `width` px long: 4 to 9 round steps, as many as have room. */
export const axisTicks = (endGib: number, width: number): readonly number[] => {
  const room = Math.min(MOST, Math.max(FEWEST, Math.floor(width / PIXELS_A_TICK)));
  const allowed = steps(endGib).filter((step) => count(endGib, step) >= FEWEST && count(endGib, step) <= MOST);
  const step = allowed.find((candidate) => count(endGib, candidate) <= room) ?? allowed.at(-1) ?? endGib / FEWEST;
  return Array.from({ length: count(endGib, step) }, (_, index) => Number((index * step).toPrecision(12)));
};

/** Leading digits of round axis ends; 84 holds an 80 GB card with its bar. */
const FIRST_ENDS: readonly number[] = [0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 40, 48, 64, 84];
const DECADE: readonly number[] = [1, 1.5, 2, 3, 4, 5, 6, 8];

/** Ends below 100 GiB, then 100, 150, 200, 300 ... up to a million GiB. */
const ENDS: readonly number[] = [
  ...FIRST_ENDS,
  ...[100, 1_000, 10_000, 100_000, 1_000_000].flatMap((power) => DECADE.map((digit) => digit * power)),
];
const LAST_END = 8_000_000;

/** The longest bar and the chosen line, in GiB, and how many times the chosen capacity the axis may be. */
type AxisNeed = Readonly<{ longestGib: number; chosenGib: number; capFactor: number }>;

/**
 * Where the axis ends, in GiB: the smallest round end that holds the longest bar and the chosen line, but at most `capFactor` times the
 * chosen capacity; a longer bar is then cut and says where it goes.
 */
export const axisEnd = ({ longestGib, chosenGib, capFactor }: AxisNeed): number => {
  const needed = Math.max(longestGib, chosenGib);
  const wanted = ENDS.find((end) => end >= needed) ?? LAST_END;
  const cap = chosenGib * capFactor;
  if (wanted <= cap) return wanted;
  return ENDS.findLast((end) => end <= cap && end >= chosenGib) ?? wanted;
};
