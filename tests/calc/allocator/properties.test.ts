import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Allocator,
  type AllocatorSettings,
  DEFAULT_ALLOCATOR_SETTINGS,
  type AllocatorRun,
} from "#calc/allocator/allocator.ts";
import { type Block, inOrder } from "#calc/allocator/blocks-by-size.ts";
import { replay, replayParts, replayEvent, startReplay } from "#calc/allocator/replay.ts";
import { tried } from "../../tried.ts";
import { arbitraryRun, arbitrarySettings } from "./arbitrary-run.ts";
import { bytesOf, blocksFrom, device, MIB, segmentSizes } from "./device.ts";
import { replayed, runOf } from "./run-of.ts";

const PAGE = 2 * MIB;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const blocksOf = (allocator: Allocator): readonly Block[] => [...allocator.segments].flatMap(blocksFrom);

const bytesAt = (allocator: Allocator, state: Block["state"]): number =>
  sum(blocksOf(allocator).flatMap((block) => (block.state === state ? [bytesOf(block)] : [])));

/** Calls `see` after every event of a run that memory suffices for. */
const watch = (run: AllocatorRun, settings: Partial<AllocatorSettings>, see: (allocator: Allocator) => void): void => {
  const underWay = startReplay(device(settings), run.storages);
  for (const part of [run.load, run.first, ...run.steps, ...run.steps])
    for (const event of part.events) {
      if (!replayEvent(underWay, part, event)) return;
      see(underWay.allocator);
    }
};

/** What holds after each event, with and without a limit that is too little now and then. */
const always = (title: string, see: (allocator: Allocator) => void): void =>
  tried(title, { quick: 30, thorough: 1000 }, (runs) =>
    fc.assert(
      fc.property(
        arbitraryRun,
        arbitrarySettings,
        fc.option(fc.integer({ min: 100, max: 1500 })),
        (run, settings, limit) => watch(run, { ...settings, limitBytes: limit === null ? null : limit * MIB }, see),
      ),
      runs,
    ),
  );

describe("after every event", () => {
  always(
    "what is reserved is what segments have behind them, and holds what is allocated and waited for",
    (allocator) => {
      expect(sum(segmentSizes(allocator))).toBe(bytesOf(allocator.reserved));
      expect(bytesAt(allocator, "allocated")).toBe(bytesOf(allocator.allocated));
      const inUse = bytesOf(allocator.allocated) + bytesAt(allocator, "waiting");
      expect(bytesOf(allocator.reserved)).toBeGreaterThanOrEqual(inUse);
      expect(bytesOf(allocator.reserved)).toBeLessThanOrEqual(bytesOf(allocator.limit));
    },
  );

  always("no two free blocks are neighbours, nor two without memory", (allocator) => {
    const unmerged = blocksOf(allocator).filter(
      ({ state, next }) => (state === "free" || state === "unmapped") && next?.state === state,
    );
    expect(unmerged).toHaveLength(0);
  });

  always("the blocks of a segment lie one after the other, and know each other", (allocator) => {
    const isInPlace = ({ prev, ptr, size }: Block): boolean =>
      size > 0 && (prev === null || (prev.next?.ptr === ptr && prev.ptr + prev.size === ptr));
    expect([...allocator.segments].every(({ prev }) => prev === null)).toBe(true);
    expect(blocksOf(allocator).every(isInPlace)).toBe(true);
  });

  always("pools have the free blocks and no others, by size and then by address", (allocator) => {
    const inPools = allocator.pools.flatMap(({ blocks }) => inOrder(blocks));
    expect(new Set(inPools)).toEqual(new Set(blocksOf(allocator).filter(({ state }) => state === "free")));
    for (const { blocks } of allocator.pools) {
      const places = inOrder(blocks).map(({ size, ptr }) => [size, ptr] as const);
      expect(places).toEqual(places.toSorted((one, other) => one[0] - other[0] || one[1] - other[1]));
    }
  });

  always("unmapped blocks are whole pages, by address", (allocator) => {
    const unmapped = allocator.pools.flatMap((pool) => pool.unmapped);
    expect(new Set(unmapped)).toEqual(new Set(blocksOf(allocator).filter(({ state }) => state === "unmapped")));
    for (const { ptr, size, pool } of unmapped) {
      const page = pool.isSmall ? PAGE : 10 * PAGE;
      expect([bytesOf(ptr) % page, bytesOf(size) % page]).toEqual([0, 0]);
    }
    for (const pool of allocator.pools)
      expect(pool.unmapped).toEqual(pool.unmapped.toSorted((one, other) => one.ptr - other.ptr));
  });
});

/** What holds of a whole run. */
const holds = (title: string, law: (run: AllocatorRun) => void): void =>
  tried(title, { quick: 100, thorough: 3000 }, (runs) => fc.assert(fc.property(arbitraryRun, law), runs));

describe("a run", () => {
  holds("that frees all it took has nothing allocated, and whole segments in its pools", (run) => {
    const underWay = startReplay(device(), run.storages);
    for (const event of run.load.events) replayEvent(underWay, run.load, event);
    for (let storage = 0; storage < run.storages; storage++) replayEvent(underWay, run.load, ~storage);
    const { allocator } = underWay;
    expect(bytesOf(allocator.allocated)).toBe(0);
    expect([...allocator.segments].every(({ state, next }) => state === "free" && next === null)).toBe(true);
  });

  /** After so many steps a run is left that has not come round. @see most-steps.ts */
  const MOST_STEPS = 16;
  /** In as many, what wanders a block at a time has gone once through a segment of 2 MiB. */
  const LONG = 4096;

  /** That a run comes to a step that is as an earlier one, or, where pieces of it go round for longer than is replayed, reserves no more then. */
  const comesRound = (run: AllocatorRun, expandable_segments: boolean): void => {
    const settings = { ...DEFAULT_ALLOCATOR_SETTINGS, expandable_segments };
    const { steps, reservedPeak } = replay(run, settings);
    if (steps < MOST_STEPS) return;
    expect(steps).toBe(MOST_STEPS);
    expect(bytesOf(replayParts(run, settings, LONG).underWay.allocator.reservedPeak)).toBe(reservedPeak);
  };

  holds(
    "of steps of constant length comes to one that is as an earlier one, or reserves no more after the last that is replayed",
    (run) => {
      for (const expandable_segments of [false, true]) comesRound(run, expandable_segments);
    },
  );

  test("may have pieces that wander through a segment for a thousand steps", () => {
    // Two of a block each: with each step both lie two blocks further on in the smaller of the free blocks around them, and at last at the segment’s beginning again.
    const wandering = runOf([MIB, 1, 1, MIB], {
      load: [0, 1, ~0, 2],
      first: [3, ~3],
      step: [~1, 1, ~2, 3, ~3, 2],
    });
    expect(replayed(wandering).steps).toBe(MOST_STEPS);
    expect(replayParts(wandering, DEFAULT_ALLOCATOR_SETTINGS, LONG).last).toBe(1026);
    comesRound(wandering, false);
  });

  holds("takes with expandable segments at most as much for its storages as without", (run) => {
    const { allocatedPeak } = replayed(run, { expandable_segments: true });
    expect(allocatedPeak).toBeLessThanOrEqual(replayed(run).allocatedPeak);
  });

  holds("goes the same way with no more than it reserved as without a limit", (run) => {
    const unlimited = replayed(run);
    expect(replayed(run, { limitBytes: unlimited.reservedPeak })).toEqual(unlimited);
  });
});
