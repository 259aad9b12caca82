/** The answer to "how large may this be": null where not even the smallest does; capped where the control's own limit ends it. */
export type Largest = Readonly<{ value: number | null; capped: boolean }>;

type Range = Readonly<{ min: number; max: number }>;
type Sample = Readonly<{ n: number; value: number }>;

/** A bracket this much wider than its lower end is halved in ratio: a chord says nothing over such a width. */
const WIDE_RATIO = 4;

/** The n of a bracket to look at next: where the chord crosses the limit, or the middle when chords have not halved the bracket. */
const nextIn = (low: Sample, high: Sample, { limit, halve }: Readonly<{ limit: number; halve: boolean }>): number => {
  const isWide = high.n > WIDE_RATIO * low.n;
  const middle = isWide ? Math.sqrt(low.n * high.n) : (low.n + high.n) / 2;
  const chord = low.n + ((limit - low.value) / (high.value - low.value)) * (high.n - low.n);
  return Math.min(high.n - 1, Math.max(low.n + 1, Math.floor(isWide || halve ? middle : chord)));
};

/**
 * A searcher for the largest whole n of a range at which a quantity that grows with n is within a limit: n is, n + 1 is not. Every value is
 * computed once, however many limits are asked for: cards of all sizes share them.
 *
 * @param valueAt never falls as n grows; where it does, the answer is still an n that is within, with n + 1 beyond
 * @param hint where to begin to look
 */
export const largestWithin = (
  valueAt: (n: number) => number,
  { min, max }: Range,
  hint: number,
): ((limit: number) => Largest) => {
  /** Ascending in n. */
  const samples: Sample[] = [];
  const look = (n: number): Sample => {
    const index = samples.findIndex((sample) => sample.n >= n);
    const known = samples[index];
    if (known?.n === n) return known;
    const sample = { n, value: valueAt(n) };
    if (index === -1) samples.push(sample);
    else samples.splice(index, 0, sample);
    return sample;
  };

  /** From the hint on in growing steps, until the limit lies between two samples. */
  const bracket = (limit: number): readonly [Sample, Sample] | Largest => {
    look(Math.min(max, Math.max(min, hint)));
    for (;;) {
      const above = samples.findIndex(({ value }) => value > limit);
      const high = samples[above];
      const low = samples[above === -1 ? samples.length - 1 : above - 1];
      if (high === undefined) {
        if (low === undefined || low.n === max) return { value: max, capped: true };
        look(Math.min(max, low.n * 2));
      } else if (low === undefined) {
        if (high.n === min) return { value: null, capped: false };
        look(Math.max(min, Math.floor(high.n / 2)));
      } else return [low, high];
    }
  };

  return (limit) => {
    const found = bracket(limit);
    if ("capped" in found) return found;
    let [low, high] = found;
    let halve = false;
    while (high.n - low.n > 1) {
      const width = high.n - low.n;
      const sample = look(nextIn(low, high, { limit, halve }));
      if (sample.value > limit) high = sample;
      else low = sample;
      halve = !halve && high.n - low.n > width / 2;
    }
    return { value: low.n, capped: false };
  };
};
