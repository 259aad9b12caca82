import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_ALLOCATOR_SETTINGS } from "#calc/allocator/allocator.ts";
import { reservedInStep } from "#calc/allocator/replay.ts";
import { tried } from "../../tried.ts";
import { arbitraryRun, arbitrarySettings } from "./arbitrary-run.ts";
import { MIB } from "./device.ts";
import { partOf, replayed } from "./run-of.ts";

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
