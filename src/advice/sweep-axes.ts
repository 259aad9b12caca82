// Settings that a sweep can vary, with the values at which it is computed.

/** What is swept over; the names are those of the link. */
export const SWEEP_AXES = ["seq", "batch", "r", "params"] as const;

export type SweepAxis = (typeof SWEEP_AXES)[number];

const powers = (from: number, to: number, steps: readonly number[]): readonly number[] => {
  const stops: number[] = [];
  for (let unit = from; unit <= to; unit *= 2) for (const step of steps) if (unit * step <= to) stops.push(unit * step);
  return stops;
};

const DECADE = [1, 1.5, 2, 3, 5, 7] as const;

const SIZES = [1e8, 1e9, 1e10, 1e11].flatMap((unit) => DECADE.map((digit) => digit * unit));

/** Where each sweep is looked at: as far as the sliders go. */
export const sweepStops = (axis: SweepAxis): readonly number[] => {
  switch (axis) {
    case "seq":
      return powers(128, 131_072, [1, 1.5]);
    case "batch":
      return powers(1, 64, [1, 1.5]).filter(Number.isInteger);
    case "r":
      return powers(1, 512, [1]);
    case "params":
      return SIZES;
    default:
      return axis satisfies never;
  }
};
