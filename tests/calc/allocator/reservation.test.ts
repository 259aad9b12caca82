import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_ALLOCATOR_SETTINGS, type AllocatorRun, type AllocatorSettings } from "#calc/allocator/allocator.ts";
import {
  livePeak,
  type NeededBounds,
  neededPrecision,
  type Reservation,
  reservationOf,
  neededBytes as search,
} from "#calc/allocator/reservation.ts";
import type { SettingsOfRun, ReplayRange } from "#calc/allocator/replay.ts";
import { tried } from "../../tried.ts";
import { arbitraryRun, arbitrarySettings } from "./arbitrary-run.ts";
import { MIB } from "./device.ts";
import { replayed, runOf } from "./run-of.ts";

const STEP = 2 * MIB;

/** A run, its settings, a limit that may be too little, and what is said of them. */
type Reserved = Readonly<{ run: AllocatorRun; settings: SettingsOfRun; limitBytes: number; reservation: Reservation }>;

/** Whether a run goes on under a limit, by a replay of its own. */
const goesOn = ({ run, settings }: Reserved, limitBytes: number): boolean =>
  replayed(run, { ...settings, limitBytes }).outOfMemory === null;

const holds = (title: string, law: (reserved: Reserved) => void): void =>
  tried(title, { quick: 30, thorough: 1000 }, (runs) =>
    fc.assert(
      fc.property(
        arbitraryRun,
        arbitrarySettings,
        fc.integer({ min: 0, max: 1500 * MIB }),
        (run, settings, limitBytes) => law({ run, settings, limitBytes, reservation: reservationOf(run, settings) }),
      ),
      runs,
    ),
  );

describe("a run", () => {
  holds("goes on with what is needed, and fails with less by no more than is said", (reserved) => {
    let last: NeededBounds = { atLeast: Number.NaN, enough: Number.NaN };
    const needed = reserved.reservation.neededBytes((bounds) => {
      last = bounds;
      return false;
    });
    expect(needed).toBe(last.enough);
    expect(needed - last.atLeast).toBeLessThanOrEqual(neededPrecision(livePeak(reserved.run)));
    expect(goesOn(reserved, needed)).toBe(true);
    if (last.atLeast > 0) expect(goesOn(reserved, last.atLeast - 1)).toBe(false);
  });

  holds("needs what it needs, whatever of it is asked first", ({ run, settings, limitBytes, reservation }) => {
    const isWithin = reservation.neededBytes(({ atLeast, enough }) => enough <= limitBytes || limitBytes < atLeast);
    const needed = reservationOf(run, settings).neededBytes();
    expect(isWithin <= limitBytes).toBe(needed <= limitBytes);
    expect(reservation.neededBytes()).toBe(needed);
  });

  holds("goes on under a limit, and is seen, as in a replay, whatever was asked before", (reserved) => {
    const { run, settings, reservation, limitBytes } = reserved;
    const needed = reservation.neededBytes();
    const limits = [limitBytes, needed, needed - STEP, needed + STEP, limitBytes + STEP, limitBytes - 1];
    for (const limit of limits.filter((each) => each >= 0)) {
      const { outOfMemory, reservedPeak } = replayed(run, { ...settings, limitBytes: limit });
      expect(reservation.goesOnWith(limit)).toBe(outOfMemory === null);
      expect(reservation.seenWith(limit)).toBe(outOfMemory === null ? reservedPeak : limit);
    }
  });

  holds("is seen where there is room with what it reserves without a limit, and nowhere with more", (reserved) => {
    const { run, settings, reservation, limitBytes } = reserved;
    const { reservedBytes, seenWith } = reservation;
    expect(reservedBytes).toBe(replayed(run, settings).reservedPeak);
    if (settings.garbage_collection_threshold !== null) return;
    expect(seenWith(reservedBytes)).toBe(reservedBytes);
    expect(seenWith(limitBytes)).toBeLessThanOrEqual(reservedBytes);
  });
});

test("how much is collected differs from limit to limit", () => {
  const run = runOf([30 * MIB, 50 * MIB, 70 * MIB], { step: [0, ~0, 1, ~1, 2, ~2] });
  const { seenWith } = reservationOf(run, { ...DEFAULT_ALLOCATOR_SETTINGS, garbage_collection_threshold: 0.5 });
  expect([300, 180, 150, 100].map((mib) => seenWith(mib * MIB) / MIB)).toEqual([150, 150, 120, 80]);
});

test("less than what storages take is too little", () => {
  const run = runOf([30 * MIB, 50 * MIB], { step: [0, 1, ~0, ~1] });
  const { goesOnWith, seenWith } = reservationOf(run, DEFAULT_ALLOCATOR_SETTINGS);
  expect([goesOnWith(80 * MIB), goesOnWith(80 * MIB - 1)]).toEqual([true, false]);
  expect([seenWith(90 * MIB), seenWith(70 * MIB)]).toEqual([80 * MIB, 70 * MIB]);
});

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
