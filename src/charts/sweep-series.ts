import { GIB } from "#calc/quantity.ts";
import { axisEnd } from "./axis-end.ts";
import { axisTicks } from "./axis-ticks.ts";

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
  const [first = 0, last = 0] = [stops[0], stops.at(-1)];
  return {
    rows: stops.map((x, index) => ({
      x,
      ...Object.fromEntries(series.map(({ bytes }, place) => [`s${place}`, (bytes[index] ?? 0) / GIB])),
    })),
    endGib,
    ticks: axisTicks(endGib, WIDTH_FOR_TICKS),
    xTicks: spread(stops),
    lines: capacities
      .map(({ label, bytes, chosen }) => ({ label, gib: bytes / GIB, chosen }))
      .filter(({ gib }) => gib <= endGib),
    dots: series.flatMap(({ crossings }, place) =>
      capacities.flatMap(({ bytes, chosen }, index) => {
        const x = crossings[index] ?? null;
        const isSeen = x !== null && x >= first && x < last && bytes / GIB <= endGib;
        return isSeen ? [{ x, gib: bytes / GIB, chosen, series: place }] : [];
      }),
    ),
  };
};
