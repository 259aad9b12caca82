import fc from "fast-check";
import type { AllocatorSettings, AllocatorRun } from "#calc/allocator/allocator.ts";
import { MIB } from "./device.ts";
import { partOf } from "./run-of.ts";

const STORAGES = 40;

/** Of every kind: under and over a block, small, in a segment of 20 MiB, in one of its own. */
const arbitraryBytes = fc.oneof(
  fc.integer({ min: 0, max: 2048 }),
  fc.integer({ min: 1, max: MIB }),
  fc.integer({ min: MIB, max: 10 * MIB }),
  fc.integer({ min: 10 * MIB, max: 90 * MIB }),
);

/** Storages in the order in which each is allocated, or, where it is there, freed; by another stream's leave where the draw is odd. */
const arbitraryTurns = fc.array(fc.nat({ max: 2 * STORAGES - 1 }), { minLength: 1, maxLength: 120 });

/** Events that a run can have: those of a part follow from what is there when it begins. */
const eventsOf = (turns: readonly number[], there: Set<number>, waiting: Set<number>): readonly number[] =>
  turns.map((turn) => {
    const storage = turn >> 1;
    if (waiting.delete(storage) || (turn % 2 === 0 && there.delete(storage))) return ~storage;
    if (there.delete(storage)) {
      waiting.add(storage);
      return STORAGES + storage;
    }
    there.add(storage);
    return storage;
  });

/** Whatever a step leaves, it frees at its end, so that it can be run over and over. */
const closed = (turns: readonly number[], there: Set<number>, waiting: Set<number>): readonly number[] => {
  const [before, waitingBefore] = [new Set(there), new Set(waiting)];
  const events = eventsOf(turns, there, waiting);
  const left = [...there, ...waiting].filter((storage) => !before.has(storage) && !waitingBefore.has(storage));
  const gone = [...before].filter((storage) => !there.has(storage));
  for (const storage of left) if (!waiting.delete(storage)) there.delete(storage);
  const stillWaiting = gone.filter((storage) => waiting.delete(storage));
  for (const storage of gone) there.add(storage);
  return [...events, ...left.map((storage) => ~storage), ...stillWaiting.map((storage) => ~storage), ...gone];
};

/** A run whose steps leave what they found: storages of two streams, some of them used by the other when they are freed. */
export const arbitraryRun: fc.Arbitrary<AllocatorRun> = fc
  .record({
    bytes: fc.array(arbitraryBytes, { minLength: STORAGES, maxLength: STORAGES }),
    streams: fc.array(fc.nat({ max: 1 }), { minLength: STORAGES, maxLength: STORAGES }),
    load: arbitraryTurns,
    first: arbitraryTurns,
    step: arbitraryTurns,
  })
  .map(({ bytes, streams, load, first, step }) => {
    const [there, waiting] = [new Set<number>(), new Set<number>()];
    const part = (events: readonly number[]) => partOf(bytes, events, streams);
    return {
      storages: STORAGES,
      load: part(eventsOf(load, there, waiting)),
      first: part(closed(first, there, waiting)),
      steps: [part(closed(step, there, waiting))],
    };
  });

/** What may be set beside a limit. */
export const arbitrarySettings: fc.Arbitrary<Omit<AllocatorSettings, "limitBytes">> = fc.record({
  expandable_segments: fc.boolean(),
  max_split_size_mb: fc.option(fc.integer({ min: 20, max: 60 })),
  garbage_collection_threshold: fc.option(fc.double({ min: 0.1, max: 0.9, noNaN: true })),
});
