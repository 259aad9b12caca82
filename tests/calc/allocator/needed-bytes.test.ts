import { expect, test } from "vitest";
import { neededBytes as search, reservationOf } from "#calc/allocator/reservation.ts";
import { type AllocatorSettings, DEFAULT_ALLOCATOR_SETTINGS, type AllocatorRun } from "#calc/allocator/allocator.ts";
import type { ReplayRange } from "#calc/allocator/replay.ts";
import { MIB } from "./device.ts";
import { replayed, runOf } from "./run-of.ts";

const neededBytes = (run: AllocatorRun, settings: Partial<AllocatorSettings> = {}): number =>
  reservationOf(run, { ...DEFAULT_ALLOCATOR_SETTINGS, ...settings }).neededBytes();

test("what is cached need not stay: needed is less than what is seen", () => {
  // 30 and 50 MiB are never there at once, but neither block serves the other request well.
  const run = runOf([30 * MIB, 50 * MIB], { step: [0, ~0, 1, ~1] });
  expect(replayed(run).reservedPeak).toBe(80 * MIB);
  expect(neededBytes(run)).toBe(50 * MIB);
});

test("what cannot be given back is needed beside the peak", () => {
  // A storage that stays keeps the whole segment that it lies in.
  const run = runOf([40 * MIB, 4 * MIB, 60 * MIB], { load: [0, ~0, 1], step: [2, ~2] });
  expect(replayed(run).allocatedPeak).toBe(64 * MIB);
  expect(neededBytes(run)).toBe(100 * MIB);
});

test("pages of expandable segments are given back around what stays", () => {
  const run = runOf([40 * MIB, 4 * MIB, 60 * MIB], { load: [0, ~0, 1], step: [2, ~2] });
  expect(neededBytes(run, { expandable_segments: true })).toBe(80 * MIB);
});

test("what is sought between two large blocks is halved, not tried byte by byte", () => {
  const replayedOnce = replayed(runOf([MIB], { step: [0, ~0] }));
  const needed = 3.75 * MIB;
  let tried = 0;
  // As with garbage collection: what a run does under one limit says nothing of the next.
  const under = (limitBytes: number): ReplayRange => {
    tried += 1;
    const outOfMemory = limitBytes < needed ? { part: 1, event: 0, requestedBytes: MIB, wantedBytes: 0 } : null;
    return { least: limitBytes, most: limitBytes, replayed: { ...replayedOnce, outOfMemory } };
  };
  const found = search({ unlimited: replayedOnce, enoughBytes: 5 * MIB, under }, 2.5 * MIB)();
  expect(found).toBeGreaterThanOrEqual(needed);
  expect(tried).toBeLessThan(30);
});
