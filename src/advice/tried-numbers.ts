type Range = Readonly<{ min: number; max: number }>;

/** Numbers of a range that are tried, ascending: `at(1)`, `at(2)` ... `at(count)`. */
export type TriedNumbers = Readonly<{
  range: Range;
  count: number;
  at: (index: number) => number;
  /** How many of them are no larger than n: the index of the last of these. */
  countTo: (n: number) => number;
  /** Whether the numbers between two of them are tried too, from the last one that goes on. */
  isStepped: boolean;
}>;

/** All multiples of a step in a range. */
export const multiplesOf = (step: number, range: Range): TriedNumbers => {
  const { min, max } = range;
  const before = Math.ceil(min / step) - 1;
  const countTo = (n: number): number => Math.floor(Math.min(n, max) / step) - before;
  return { range, count: countTo(max), at: (index) => (before + index) * step, countTo, isStepped: step > 1 };
};

/** Below it all numbers are round. */
const ALL_ROUND = 32;

/** The numbers of a range that have no more than five binary digits before their zeros, a 16th apart or less (... 30, 31, 32, 34 ... 2,048, 2,176 ...), and its last. */
export const roundNumbers = (range: Range): TriedNumbers => {
  const { min, max } = range;
  const numbers: number[] = [];
  for (let n = min, step = 1; n < max; n = (Math.floor(n / step) + 1) * step) {
    while (n >= ALL_ROUND * step) step *= 2;
    if (n % step === 0) numbers.push(n);
  }
  numbers.push(max);
  return {
    range,
    count: numbers.length,
    at: (index) => numbers[index - 1] as number,
    countTo: (n) => numbers.findLastIndex((number) => number <= n) + 1,
    isStepped: false,
  };
};
