/** How many positions a slider has from end to end: finer than a pixel on any window. */
export const POSITIONS = 1000;

/**
 * Where values lie along a slider. `stops` are the round values, ascending, that the thumb snaps to; the first and the last are its ends.
 * On a `log` scale equal distances are equal ratios, so every stop must be above zero.
 */
export type Scale = Readonly<{ kind: "log" | "linear"; stops: readonly number[] }>;

const ends = ({ stops }: Scale): readonly [first: number, last: number] => [stops[0] ?? 0, stops.at(-1) ?? 0];

/**
 * The position of a value, 0 to POSITIONS: linear, (value − first) / (last − first); log, the same of the logarithms. A value off the scale
 * lies at its end, a value between two stops where it belongs.
 */
export const toPosition = (scale: Scale, value: number): number => {
  const [first, last] = ends(scale);
  const clamped = Math.min(last, Math.max(first, value));
  const share =
    scale.kind === "log" ? Math.log(clamped / first) / Math.log(last / first) : (clamped - first) / (last - first);
  return Math.round(share * POSITIONS);
};

/** The stop nearest to a position, measured along the track. */
export const toStop = (scale: Scale, position: number): number => {
  let nearest = ends(scale)[0];
  let distance = Infinity;
  for (const stop of scale.stops) {
    const away = Math.abs(toPosition(scale, stop) - position);
    if (away < distance) [nearest, distance] = [stop, away];
  }
  return nearest;
};

/** The stop that lies `steps` stops above (or, negative, below) a value; a value between two stops counts from between them. */
export const stepFrom = (scale: Scale, value: number, steps: number): number => {
  const { stops } = scale;
  const below = stops.filter((stop) => stop < value).length;
  const upTo = stops.filter((stop) => stop <= value).length;
  const index = steps > 0 ? upTo + steps - 1 : below + steps;
  return stops[Math.min(stops.length - 1, Math.max(0, index))] ?? value;
};
