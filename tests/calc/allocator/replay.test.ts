import { describe, expect, test } from "vitest";
import { MIB, device, take } from "./device.ts";
import { partOf, replayed, runOf } from "./run-of.ts";
import { type Allocator, DEFAULT_ALLOCATOR_SETTINGS } from "#calc/allocator/allocator.ts";
import { free } from "#calc/allocator/free-block.ts";
import { isSameLayout, layoutOf, reservedInStep } from "#calc/allocator/replay.ts";
import { malloc } from "#calc/allocator/malloc.ts";
import fc from "fast-check";
import { tried } from "../../tried.ts";
import { arbitraryRun, arbitrarySettings } from "./arbitrary-run.ts";

test("a run's peaks are those of its highest moments, its reserved bytes those after the last step", () => {
  const run = runOf([10 * MIB, 40 * MIB, 30 * MIB], { load: [0], step: [1, 2, ~1, ~2, 1, ~1] });
  expect(replayed(run)).toEqual({
    allocatedPeak: 80 * MIB,
    reservedPeak: 80 * MIB,
    reserved: 80 * MIB,
    retries: 0,
    steps: 2,
    leastRefused: Infinity,
    outOfMemory: null,
  });
});

test("a storage of 0 bytes takes nothing, and is freed as others are", () => {
  expect(replayed(runOf([0], { step: [0, ~0] }))).toMatchObject({ allocatedPeak: 0, reservedPeak: 0 });
});

test("a storage that outlives its part keeps its block until another part frees it", () => {
  const run = runOf([40 * MIB, 40 * MIB], { load: [0], first: [1, ~0], step: [0, ~1, 1, ~0] });
  expect(replayed(run)).toMatchObject({ allocatedPeak: 80 * MIB, reservedPeak: 80 * MIB, outOfMemory: null });
});

test("storages of another stream have segments of their own", () => {
  const bytes = [40 * MIB, 40 * MIB];
  const step = partOf(bytes, [0, ~0, 1, ~1], [0, 1]);
  const run = { storages: 2, load: partOf(bytes, []), first: step, steps: [step] };
  expect(replayed(run)).toMatchObject({ allocatedPeak: 40 * MIB, reservedPeak: 80 * MIB });
});

describe("steps of constant length", () => {
  test("are replayed until one ends as an earlier one did", () => {
    expect(replayed(runOf([40 * MIB], { step: [0, ~0] })).steps).toBe(2);
  });

  test("are replayed once more where the first leaves less than those after it", () => {
    expect(replayed(runOf([40 * MIB, 40 * MIB], { first: [0], step: [1, ~0, 0, ~1] })).steps).toBe(3);
  });

  test("may go round in two: what a step leaves lies in the one segment, then in the other", () => {
    const run = runOf([40 * MIB, 40 * MIB, 40 * MIB], { first: [0], step: [1, ~0, 2, ~1, 0, ~2] });
    expect(replayed(run)).toMatchObject({ steps: 4, reserved: 80 * MIB });
  });

  test("are replayed on where blocks are given back by their age, which grows", () => {
    const run = runOf([40 * MIB], { step: [0, ~0] });
    expect(replayed(run, { limitBytes: 100 * MIB, garbage_collection_threshold: 0.5 }).steps).toBe(16);
  });

  test("end somewhere where each takes more than the one before", () => {
    const run = runOf([40 * MIB], { step: [0] });
    expect(replayed(run)).toMatchObject({ steps: 16, reserved: 16 * 40 * MIB });
  });
});

test("steps of several lengths are each replayed once, in turn", () => {
  const [short, long] = [partOf([20 * MIB], [0, ~0]), partOf([30 * MIB], [0, ~0])];
  const run = { storages: 1, load: partOf([0], []), first: short, steps: [long, short, long] };
  expect(replayed(run)).toMatchObject({ steps: 4, allocatedPeak: 30 * MIB, reserved: 50 * MIB });
});

describe("a run that memory is out for", () => {
  const run = runOf([40 * MIB, 50 * MIB], { load: [0], first: [], step: [1, ~1] });

  test("ends there, and says where", () => {
    expect(replayed(run, { limitBytes: 89 * MIB })).toEqual({
      allocatedPeak: 40 * MIB,
      reservedPeak: 40 * MIB,
      reserved: 40 * MIB,
      retries: 1,
      steps: 2,
      leastRefused: 90 * MIB,
      outOfMemory: { part: 2, event: 0, requestedBytes: 50 * MIB, wantedBytes: 90 * MIB },
    });
  });

  test("says the least that was refused, not the last", () => {
    const two = runOf([40 * MIB, 50 * MIB, 90 * MIB], { load: [0, ~0, 1, ~1, 2] });
    expect(replayed(two, { limitBytes: 89 * MIB })).toMatchObject({ retries: 2, leastRefused: 90 * MIB });
  });

  test("says what it would have taken, all that was cached given back", () => {
    const two = runOf([40 * MIB, 50 * MIB, 90 * MIB], { load: [0, ~0, 1, 2] });
    expect(replayed(two, { limitBytes: 100 * MIB })).toMatchObject({
      leastRefused: 140 * MIB,
      outOfMemory: { wantedBytes: 140 * MIB },
    });
    const cached = runOf([40 * MIB, 60 * MIB, 90 * MIB], { load: [0, ~0, 1, ~1, 0, 2] });
    expect(replayed(cached, { limitBytes: 99 * MIB })).toMatchObject({
      leastRefused: 100 * MIB,
      outOfMemory: { wantedBytes: 150 * MIB },
    });
  });

  test("has replayed no step where loading fails", () => {
    expect(replayed(run, { limitBytes: 39 * MIB })).toMatchObject({ steps: 0, outOfMemory: { part: 0, event: 0 } });
  });
});

const isSame = (one: Allocator, other: Allocator): boolean => isSameLayout(layoutOf(one), layoutOf(other));

/** An allocator of which so many MiB were asked for. */
const holding = (...mib: readonly number[]): Allocator => {
  const allocator = device();
  for (const each of mib) take(allocator, each * MIB);
  return allocator;
};

test("alike storages in alike segments are the same layout", () => {
  expect(isSame(holding(40, 50), holding(40, 50))).toBe(true);
});

test("other sizes are another", () => {
  expect(isSame(holding(40), holding(42))).toBe(false);
  expect(isSame(holding(40), holding(40, 40))).toBe(false);
});

test("one segment of two blocks is not two segments", () => {
  const split = device();
  free(split, take(split, 80 * MIB));
  take(split, 40 * MIB);
  take(split, 40 * MIB);
  expect(isSame(split, holding(40, 40))).toBe(false);
});

test("another storage in the same place is another layout", () => {
  const [one, other] = [device(), device()];
  take(one, 40 * MIB).storage = 1;
  take(other, 40 * MIB).storage = 2;
  expect(isSame(one, other)).toBe(false);
});

test("addresses alone are not memory", () => {
  const withFree = (): Allocator => {
    const allocator = device({ expandable_segments: true, limitBytes: 60 * MIB });
    const first = take(allocator, 40 * MIB);
    take(allocator, 20 * MIB);
    free(allocator, first);
    return allocator;
  };
  const [mapped, unmapped] = [withFree(), withFree()];
  expect(malloc(unmapped, 50 * MIB, 0)).toBeNull();
  expect(isSame(mapped, unmapped)).toBe(false);
});

/** Steps after which a run that does not come round is left. */
const LEFT_AFTER = 16;

describe("what is reserved in a step that goes as those before it did", () => {
  tried("is one figure all through where there is room", { quick: 30, thorough: 1000 }, (runs) =>
    fc.assert(
      fc.property(arbitraryRun, arbitrarySettings, (run, settings) => {
        const { reserved, steps } = replayed(run, { ...settings, limitBytes: null });
        const inStep = reservedInStep(run, settings, 0);
        expect(inStep).toHaveLength((run.steps[0]?.events.length ?? Number.NaN) + 1);
        expect(inStep.at(-1)).toBe(reserved);
        if (steps < LEFT_AFTER) expect(new Set(inStep)).toEqual(new Set([reserved]));
      }),
      runs,
    ),
  );
});

test("of several steps each is replayed once, and what is reserved is that of the one asked for", () => {
  const events = [0, ~0];
  const run = {
    storages: 1,
    load: partOf([0], []),
    first: partOf([10 * MIB], events),
    steps: [20, 30, 25, 40].map((mib) => partOf([mib * MIB], events)),
  };
  const inStep = (index: number): number[] =>
    [...reservedInStep(run, DEFAULT_ALLOCATOR_SETTINGS, index)].map((bytes) => bytes / MIB);
  expect(inStep(0)).toEqual([10, 30, 30]);
  expect(inStep(1)).toEqual([30, 60, 60]);
  expect(inStep(2)).toEqual([60, 60, 60]);
  expect(inStep(3)).toEqual([60, 100, 100]);
});
