import type { Catalog } from "#catalog/catalog.ts";
import { availableBytes } from "./available.ts";
import { inverse } from "./inverse.ts";
import type { InverseId } from "./inverse-id.ts";
import type { Largest } from "./largest-within.ts";
import type { Trial } from "./trial.ts";

/** The largest batch, and the greatest length, with which a scenario fits its card. */
export type RoomToGrow = Readonly<Record<Extract<InverseId, "maxBatch" | "maxSequence">, Largest>>;

/** @yields after each run of the engine */
export function* roomToGrow(start: Trial, catalog: Catalog): Generator<void, RoomToGrow> {
  const card = { availableBytes: availableBytes(start.choices, catalog), catalog };
  const maxBatch = yield* inverse("maxBatch", start, card);
  return { maxBatch, maxSequence: yield* inverse("maxSequence", start, card) };
}
