import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Scenario } from "#calc/model/scenario.ts";
import { batchOptionsOf } from "#calc/step/step-options.ts";
import { stepLengths } from "#calc/step/step-lengths.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { tried } from "../../tried.ts";
import { scenario } from "../scenario.ts";
import { FAMILIES } from "../workings.ts";
import { alone, arbitraryScenario } from "./arbitrary-scenario.ts";

const lengthsOf = (patch: Partial<Scenario>): readonly number[] => stepLengths(FAMILIES, scenario(patch));
const UNIFORM = { kind: "uniform" } as const;
const around = (mean: number) => ({ kind: "lognormal", mean }) as const;
const meanOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

describe("the steps of a run", () => {
  test("are of full length where rows are", () => {
    expect(lengthsOf({ sequence_length: 777 })).toEqual([777, 777]);
  });

  test("are nine where rows vary, the fifth of full length, and the same each time", () => {
    const drawn = lengthsOf({ lengths: UNIFORM, sequence_length: 4096 });
    expect(drawn).toHaveLength(9);
    expect(drawn.flatMap((length, index) => (length === 4096 ? [index] : []))).toEqual([4]);
    expect(new Set(drawn).size).toBe(9);
    expect(lengthsOf({ lengths: UNIFORM, sequence_length: 4096 })).toEqual(drawn);
  });

  test("have the length of the longest row: more rows, longer steps", () => {
    const average = (micro_batch_size: number): number =>
      meanOf(lengthsOf({ lengths: UNIFORM, micro_batch_size, sequence_length: 100_000 }).toSpliced(4, 1));
    // The longest of n uniform rows is n / (n + 1) of the full length on average.
    expect(average(1) / 100_000).toBeCloseTo(1 / 2, 0);
    expect(average(64) / 100_000).toBeGreaterThan(0.95);
    expect(average(64) / 100_000).toBeLessThan(1);
  });

  test("of log-normal rows follow their mean, and are cut at the full length", () => {
    const short = lengthsOf({ lengths: around(1000), sequence_length: 1_000_000 }).toSpliced(4, 1);
    const long = lengthsOf({ lengths: around(4000), sequence_length: 1_000_000 }).toSpliced(4, 1);
    short.forEach((length, index) => expect((long[index] ?? 0) / length).toBeCloseTo(4, 1));
    // Eight draws of a mean of 1,000 and a median of 726: half of them lie between 423 and 1,246.
    expect(meanOf(short)).toBeGreaterThan(500);
    expect(meanOf(short)).toBeLessThan(2000);
    expect(Math.max(...lengthsOf({ lengths: around(4000), sequence_length: 4096, micro_batch_size: 64 }))).toBe(4096);
  });

  test("are multiples of 8 where a mask is counted and the full length is one, and none where it is none", () => {
    const padded = { lengths: UNIFORM, packing: false, micro_batch_size: 2 } as const;
    for (const length of lengthsOf({ ...padded, sequence_length: 4096 })) expect(length % 8).toBe(0);
    for (const length of lengthsOf({ ...padded, sequence_length: 4097 })) expect(length % 8).not.toBe(0);
    expect(lengthsOf({ ...padded, packing: true, sequence_length: 4096 }).some((length) => length % 8 > 0)).toBe(true);
  });

  test("are scanned in as many ways as at full length", () => {
    const row = Object.values(FULL_CATALOG.models).find(
      ({ architecture: { model_type } }) => model_type === "qwen3_next",
    );
    if (row === undefined) throw new Error("The catalog has a model that scans.");
    const { architecture } = row;
    for (const length of lengthsOf({ architecture, lengths: UNIFORM, sequence_length: 64 * 40 }))
      expect(length % 64).toBe(0);
  });

  tried(
    "ask for the same storages, and none is longer than the full length",
    { quick: 200, thorough: 5000 },
    (runs) => {
      fc.assert(
        fc.property(arbitraryScenario.map(alone), (of) => {
          for (const sequence_length of stepLengths(FAMILIES, of)) {
            expect(sequence_length).toBeGreaterThanOrEqual(1);
            expect(sequence_length).toBeLessThanOrEqual(of.sequence_length);
            expect(batchOptionsOf(FAMILIES, { ...of, sequence_length })).toEqual(batchOptionsOf(FAMILIES, of));
          }
        }),
        runs,
      );
    },
  );
});
