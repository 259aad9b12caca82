import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_ALLOCATOR_SETTINGS } from "#calc/allocator/allocator-settings.ts";
import { reservedInStep } from "#calc/allocator/reserved-in-step.ts";
import { tried } from "../../tried.ts";
import { arbitraryRun, arbitrarySettings } from "./arbitrary-run.ts";
import { MIB } from "./device.ts";
import { partOf, replayed, runOf } from "./run-of.ts";

const WITH_ROOM = DEFAULT_ALLOCATOR_SETTINGS;

/** Steps after which a run that does not come round is left. */
const LEFT_AFTER = 15;

describe("what is reserved in a step that goes as those before it did", () => {
  tried("is one figure all through where there is room", { quick: 30, thorough: 1000 }, (runs) =>
    fc.assert(
      fc.property(arbitraryRun, arbitrarySettings, (run, settings) => {
        const { reserved, steps } = replayed(run, { ...settings, limitBytes: null });
        const inStep = reservedInStep(run, { ...settings, limitBytes: null }, 0);
        expect(inStep).toHaveLength((run.steps[0]?.events.length ?? Number.NaN) + 1);
        expect(inStep?.[0]).toBe(reserved);
        if (steps < LEFT_AFTER) expect(new Set(inStep)).toEqual(new Set([reserved]));
      }),
      runs,
    ),
  );

  tried("is known where the run goes on, and never above the limit", { quick: 30, thorough: 1000 }, (runs) =>
    fc.assert(
      fc.property(arbitraryRun, fc.integer({ min: 0, max: 1500 * MIB }), (run, limitBytes) => {
        const settings = { ...WITH_ROOM, limitBytes };
        const inStep = reservedInStep(run, settings, 0);
        if (replayed(run, settings).outOfMemory !== null) expect(inStep).toBeNull();
        else if (inStep !== null) expect(Math.max(...inStep)).toBeLessThanOrEqual(limitBytes);
      }),
      runs,
    ),
  );

  test("falls and rises where memory is short: what is cached is given back for what it cannot serve, and taken again", () => {
    const run = runOf([40 * MIB, 40 * MIB, 60 * MIB], { step: [0, 1, ~0, ~1, 2, ~2] });
    const settings = { ...WITH_ROOM, max_split_size_mb: 20, limitBytes: 90 * MIB };
    const inStep = [...(reservedInStep(run, settings, 0) ?? [])];
    expect(inStep.map((bytes) => bytes / MIB)).toEqual([60, 40, 80, 80, 80, 60, 60]);
  });
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
    [...(reservedInStep(run, WITH_ROOM, index) ?? [])].map((bytes) => bytes / MIB);
  expect(inStep(0)).toEqual([10, 30, 30]);
  expect(inStep(1)).toEqual([30, 60, 60]);
  expect(inStep(2)).toEqual([60, 60, 60]);
  expect(inStep(3)).toEqual([60, 100, 100]);
});
