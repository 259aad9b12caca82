import type { Bytes } from "#calc/base/quantity.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/popular-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type InverseId, largestOf, settingOf } from "./largest-setting.ts";
import type { Largest } from "./largest-fitting.ts";
import { tryOut } from "./trial.ts";

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

const INVERSE_OF: Readonly<Record<SweepAxis, InverseId>> = {
  seq: "maxSequence",
  batch: "maxBatch",
  r: "maxRank",
  params: "maxModelParams",
};

/** One curve: a method with a training library. */
export type SweepLine = Readonly<{ method: MethodId; stack: string }>;

/** A curve: memory on the card at each stop, and for each capacity the last value that is within it. `cannotRun`: what the chosen card lacks to run it. */
export type SweepCurve = Readonly<{
  bytes: readonly number[];
  crossings: readonly Largest[];
  cannotRun: string | null;
}>;

/** Nothing is within a card that cannot run it. */
const NONE: Largest = { value: null, capped: false };

/**
 * Memory on the card as one setting varies, everything else unchanged, for some lines; each point a run of the engine. A crossing is the last whole value
 * within a capacity, exact.
 *
 * @param capacities in bytes, that of the chosen card first
 * @yields after each point
 */
export function* sweep(
  { axis, choices, lines }: Readonly<{ axis: SweepAxis; choices: Choices; lines: readonly SweepLine[] }>,
  capacities: readonly Bytes[],
  catalog: Catalog,
): Generator<void, readonly SweepCurve[]> {
  const curves: SweepCurve[] = [];
  for (const { method, stack } of lines) {
    const id = INVERSE_OF[axis];
    const start = tryOut({ ...choices, method, stack }, catalog);
    const cannotRun = start.lacks[0]?.lacks ?? null;
    const setting = settingOf(id, start, catalog);
    const bytes: number[] = [];
    for (const stop of sweepStops(axis)) {
      bytes.push(setting.takenAt(stop).onCard().onCardBytes);
      yield;
    }
    const search = largestOf(id, start, setting);
    const crossings: Largest[] = [];
    for (const [index, capacity] of capacities.entries()) {
      crossings.push(index === 0 && cannotRun !== null ? NONE : yield* search(capacity));
      yield;
    }
    curves.push({ bytes, crossings, cannotRun });
  }
  return curves;
}
