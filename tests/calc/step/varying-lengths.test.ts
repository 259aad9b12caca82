import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reservationOf } from "#calc/allocator/reservation.ts";
import type { AllocatorRun } from "#calc/allocator/allocator.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { tried } from "../../tried.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { alone, arbitraryScenario } from "./arbitrary-scenario.ts";
import { liveBytes } from "./live-bytes.ts";

const runOf = (of: Scenario): AllocatorRun => {
  const run = ENGINE.allocatorRun(of);
  if (run === null) throw new Error("There is no run.");
  return run;
};

const FIXED = { kind: "fixed" } as const;
const { "llama-3.1-8b": row } = FULL_CATALOG.models;
const LORA: Scenario = scenario({
  ...(row && { architecture: row.architecture }),
  method: loraMethod(),
  micro_batch_size: 4,
  sequence_length: 2048,
  packing: false,
});
const DEFAULTS = { expandable_segments: false, max_split_size_mb: null, garbage_collection_threshold: null };

describe("a run of rows that vary in length", () => {
  test("asks for the same storages in each step, of other sizes, and leaves what it left", () => {
    const { first, steps } = runOf({ ...LORA, lengths: { kind: "uniform" } });
    expect(steps).toHaveLength(8);
    expect(new Set(steps.map(({ events }) => events)).size).toBe(1);
    expect(new Set([first, ...steps].map(({ bytes }) => bytes.join())).size).toBe(9);
    const { afterFirst, afterLast } = liveBytes(runOf({ ...LORA, lengths: { kind: "uniform" } }));
    expect(afterLast).toBe(afterFirst);
  });

  tried(
    "takes at its peak what the estimate says, and no storage more than at full length",
    { quick: 60, thorough: 600 },
    (runs) => {
      fc.assert(
        fc.property(arbitraryScenario.map(alone), (drawn) => {
          const of: Scenario = drawn.lengths.kind === "fixed" ? { ...drawn, lengths: { kind: "uniform" } } : drawn;
          const run = ENGINE.allocatorRun(of);
          const whole = ENGINE.allocatorRun({ ...of, lengths: FIXED });
          expect(run === null).toBe(whole === null);
          if (run === null || whole === null) return;
          const full = whole.first.bytes;
          for (const { bytes } of [run.load, run.first, ...run.steps]) {
            expect(bytes.length).toBe(full.length);
            expect(bytes.every((size, storage) => size <= (full[storage] ?? Number.NaN))).toBe(true);
          }
          expect(Math.max(...liveBytes(run).peaks)).toBe(estimated(ENGINE.estimate(of)).peakBytes);
        }),
        runs,
      );
    },
  );

  test("holds more than rows of one length, and with expandable segments no more", () => {
    const seen = (lengths: Scenario["lengths"], expandable_segments: boolean): number =>
      reservationOf(runOf({ ...LORA, lengths }), { ...DEFAULTS, expandable_segments }).reservedBytes;
    expect(seen({ kind: "uniform" }, false)).toBeGreaterThan(1.2 * seen(FIXED, false));
    expect(seen({ kind: "lognormal", mean: 512 }, false)).toBeGreaterThan(1.1 * seen(FIXED, false));
    expect(seen({ kind: "uniform" }, true)).toBeLessThan(1.02 * seen(FIXED, true));
  });
});
