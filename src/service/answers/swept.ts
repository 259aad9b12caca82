import type { SweepAxis } from "#advice/sweep-axis.ts";
import { sweep, type SweepCurve, type SweepLine } from "#advice/sweep.ts";
import { bytes } from "#calc/base/quantity.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** What a curve is held against: a card, as the picture names it, and what a run can have of it. */
type Capacity = Readonly<{ label: string; bytes: number; chosen: boolean }>;

type Sweep = Readonly<{ axis: SweepAxis; lines: readonly SweepLine[]; capacities: readonly Capacity[] }>;

/** A sweep with all that its picture is drawn from, so that curves, names and cards are of one question. */
export type Swept = Sweep & Readonly<{ curves: readonly SweepCurve[] }>;

/**
 * Memory on the card as one setting varies, everything else unchanged.
 *
 * @yields after each point
 */
export function* swept(
  { choices, axis, lines, capacities }: Sweep & Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, Swept> {
  const limits = capacities.map((capacity) => bytes(capacity.bytes));
  return { axis, lines, capacities, curves: yield* sweep({ axis, choices, lines }, limits, catalog) };
}
