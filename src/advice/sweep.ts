import type { MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { INVERSE_RANGES, type InverseId, settingOf } from "./inverse.ts";
import { type Largest, largestWithin } from "./largest-within.ts";
import { tryOut } from "./trial.ts";

/** What is swept over; the names are those of the link. */
export const SWEEP_AXES = ["seq", "batch", "r", "params"] as const;
export type SweepAxis = (typeof SWEEP_AXES)[number];

const INVERSE_OF: Readonly<Record<SweepAxis, InverseId>> = {
  seq: "maxSequence",
  batch: "maxBatch",
  r: "maxRank",
  params: "maxModelParams",
};

/** One curve: a method with a training library. */
export type SweepLine = Readonly<{ method: MethodId; stack: string }>;

/** A curve: memory on the card at each stop, and for each capacity the last value that is within it. */
export type SweepCurve = Readonly<{ bytes: readonly number[]; crossings: readonly Largest[] }>;

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

/**
 * Memory on the card over one setting, everything else as it is, for some lines; each point a run of the engine. A crossing is the last whole value
 * within a capacity, exact.
 *
 * @param capacities in bytes
 * @yields after each point
 */
export function* sweep(
  { axis, choices, lines }: Readonly<{ axis: SweepAxis; choices: Choices; lines: readonly SweepLine[] }>,
  capacities: readonly number[],
  catalog: Catalog,
): Generator<void, readonly SweepCurve[]> {
  const curves: SweepCurve[] = [];
  for (const { method, stack } of lines) {
    const id = INVERSE_OF[axis];
    const { onCardAt, now } = settingOf(id, tryOut({ ...choices, method, stack }, catalog), catalog);
    const bytes: number[] = [];
    for (const stop of sweepStops(axis)) {
      bytes.push(onCardAt(stop));
      yield;
    }
    const search = largestWithin(onCardAt, INVERSE_RANGES[id], now);
    const crossings: Largest[] = [];
    for (const capacity of capacities) {
      crossings.push(search(capacity));
      yield;
    }
    curves.push({ bytes, crossings });
  }
  return curves;
}
