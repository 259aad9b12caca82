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
