import { describe, expect, test } from "vitest";
import { MIB } from "./device.ts";
import { partOf, replayed, runOf } from "./run-of.ts";

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
