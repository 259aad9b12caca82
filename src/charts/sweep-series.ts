// Data of the sweep chart: rows, axis, capacities and crossings.

import { GIB } from "#calc/base/bytes.ts";
import { axisEnd, axisTicks } from "./axis.ts";

/** A curve by its name: memory in bytes at each stop, and for each capacity the last value within it; null where none is. */
export type SweepSeries = Readonly<{ label: string; bytes: readonly number[]; crossings: readonly (number | null)[] }>;

/** A card's capacity. */
export type SweepCapacity = Readonly<{ label: string; bytes: number; chosen: boolean }>;

/** What the chart draws. */
export type SweepPicture = Readonly<{
  rows: readonly Readonly<{ x: number } & Record<string, number>>[];
  endGib: number;
  ticks: readonly number[];
  xTicks: readonly number[];
  lines: readonly Readonly<{ label: string; gib: number; chosen: boolean }>[];
  /** Where a curve meets a capacity: last value within it. */
  dots: readonly Readonly<{ x: number; gib: number; chosen: boolean; series: number }>[];
}>;

/** How many times the chosen capacity is drawn: beyond, a curve says nothing of the cards around it. */
const CAP_FACTOR = 4;
const WIDTH_FOR_TICKS = 500;
/** Labels along the axis. */
const MOST_X_TICKS = 8;

/** Lines closer than this share of the axis would print their names over each other; the sizes that most cards have win the room. */
const CLEARANCE_FRACTION = 0.06;
const WALK = ["24 GB", "80 GB", "16 GB", "48 GB", "8 GB", "141 GB", "32 GB", "12 GB", "96 GB", "192 GB"].map((label) =>
  label.replace(" ", "\u00a0"),
);

/** The capacities that have room on the axis: the chosen one, then the others as long as they are clear of those before. */
const withRoom = (capacities: readonly SweepCapacity[], endGib: number): readonly SweepCapacity[] => {
  const placed: SweepCapacity[] = [];
  const rank = ({ chosen, label }: SweepCapacity): number => (chosen ? -1 : WALK.indexOf(label));
  for (const capacity of capacities.toSorted((one, other) => rank(one) - rank(other))) {
    const isClear = placed.every(({ bytes }) => Math.abs(bytes - capacity.bytes) > CLEARANCE_FRACTION * endGib * GIB);
    if (capacity.bytes <= endGib * GIB && isClear) placed.push(capacity);
  }
  return placed;
};

const spread = (stops: readonly number[]): readonly number[] => {
  const step = Math.max(1, Math.ceil(stops.length / MOST_X_TICKS));
  return stops.filter((_, index) => index % step === 0);
};

/** A sweep as a chart draws it: rows by stop, the axis, the capacities that it holds, and where curves cross them. */
export const sweepPicture = (
  stops: readonly number[],
  series: readonly SweepSeries[],
  capacities: readonly SweepCapacity[],
): SweepPicture => {
  const chosenGib = (capacities.find(({ chosen }) => chosen)?.bytes ?? 0) / GIB;
  const longestGib = Math.max(0, ...series.flatMap(({ bytes }) => bytes)) / GIB;
  const endGib = axisEnd({ longestGib, chosenGib, capFactor: CAP_FACTOR });
  const drawn = withRoom(capacities, endGib);
  const [first = 0, last = 0] = [stops[0], stops.at(-1)];
  return {
    rows: stops.map((x, index) => ({
      x,
      ...Object.fromEntries(series.map(({ bytes }, curve) => [`s${curve}`, (bytes[index] ?? 0) / GIB])),
    })),
    endGib,
    ticks: axisTicks(endGib, WIDTH_FOR_TICKS),
    xTicks: spread(stops),
    lines: drawn.map(({ label, bytes, chosen }) => ({ label, gib: bytes / GIB, chosen })),
    dots: series.flatMap(({ crossings }, curve) =>
      drawn.flatMap((capacity) => {
        const { bytes, chosen } = capacity;
        const x = crossings[capacities.indexOf(capacity)] ?? null;
        const isSeen = x !== null && x >= first && x < last;
        return isSeen ? [{ x, gib: bytes / GIB, chosen, series: curve }] : [];
      }),
    ),
  };
};
