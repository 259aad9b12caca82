// Memory curves over sequence length, batch, rank, or model size, with the largest value for each capacity.

import type { Bytes } from "#calc/base/bytes.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type InverseId, largestSearch, variedSetting } from "./largest-setting.ts";
import { type Largest, NO_LARGEST } from "./largest-search.ts";
import { evaluateTrial } from "./trial.ts";
import { type SweepAxis, sweepStops } from "./sweep-axes.ts";

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
    const start = evaluateTrial({ ...choices, method, stack }, catalog);
    const cannotRun = start.lacks[0]?.lacks ?? null;
    const setting = variedSetting(id, start, catalog);
    const bytes: number[] = [];
    for (const stop of sweepStops(axis)) {
      bytes.push(setting.takenAt(stop).onCard().onCardBytes);
      yield;
    }
    const search = largestSearch(id, start, setting);
    const crossings: Largest[] = [];
    for (const [index, capacity] of capacities.entries()) {
      crossings.push(index === 0 && cannotRun !== null ? NO_LARGEST : yield* search(capacity));
      yield;
    }
    curves.push({ bytes, crossings, cannotRun });
  }
  return curves;
}
