import { expect, test, describe } from "vitest";
import type { Scenario } from "#calc/model/scenario.ts";
import { batchOptionsOf } from "#calc/step/step-options.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { scenario } from "../scenario.ts";
import { FAMILIES } from "../workings.ts";
import { seededFractions } from "#calc/base/pseudo-random.ts";
import { drawRowLength, stepLengths } from "#calc/step/step-lengths.ts";
import fc from "fast-check";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { tried } from "../../tried.ts";
import { alone, arbitraryScenario } from "./arbitrary-scenario.ts";

test("Rows are padded where they are not packed and there are several, and evenly where their length is a multiple of 8", () => {
  const paddingOf = (patch: Partial<Scenario>): unknown =>
    batchOptionsOf(FAMILIES, scenario({ packing: false, micro_batch_size: 2, ...patch })).padding;
  expect(paddingOf({ sequence_length: 1024 })).toBe("even");
  expect(paddingOf({ sequence_length: 1025 })).toBe("odd");
  expect(paddingOf({ attn_implementation: "eager" })).toBe("even");
  expect(paddingOf({ packing: true })).toBeUndefined();
  expect(paddingOf({ micro_batch_size: 1 })).toBeUndefined();
});

const UNDIVIDED = { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 1 } as const;

test.each([
  ["another library's code", { modelling: "torchtune" }],
  ["flash-attn", { attn_implementation: "flash" }],
  ["a ring", { division: { ...UNDIVIDED, cp_size: 2 } }],
  ["Ulysses", { division: { ...UNDIVIDED, ulysses_size: 2 } }],
  ["a pipeline", { division: { ...UNDIVIDED, pp_size: 2 } }],
] as const)("No mask is counted with %s", (_, patch) => {
  const asked = scenario({ packing: false, micro_batch_size: 2, ...patch });
  expect(batchOptionsOf(FAMILIES, asked).padding).toBeUndefined();
  const divided = scenario({ packing: false, micro_batch_size: 2, division: { ...UNDIVIDED, tp_size: 2 } });
  expect(batchOptionsOf(FAMILIES, divided).padding).toBe("even");
});

/**
 * @see transformers 5.24, `mamba_chunk_size` of configuration_granitemoehybrid.py, `chunk_size` of configuration_nemotron_h.py and of
 * `torch_chunk_gated_delta_rule` in modeling_qwen3_next.py
 */
test.each([
  ["granitemoehybrid", 256],
  ["nemotron_h", 128],
  ["qwen3_next", 64],
] as const)("A scan of %s takes %d positions at once, and fills its last chunk up", (model_type, positions) => {
  const asked = scenario({ architecture: { ...LLAMA_2_7B, model_type } });
  const chunksOf = (sequence_length: number): unknown => batchOptionsOf(FAMILIES, { ...asked, sequence_length });
  expect(chunksOf(positions)).toMatchObject({ singleChunk: true, paddedChunk: false });
  expect(chunksOf(positions + 1)).toMatchObject({ singleChunk: false, paddedChunk: true });
  expect(chunksOf(2 * positions)).toMatchObject({ singleChunk: false, paddedChunk: false });
});

type Lengths = Parameters<typeof drawRowLength>[0];

const ROWS = 20_000;

const drawn = (lengths: Lengths, full: number): readonly number[] => {
  const fraction = seededFractions(1_234_567);
  return Array.from({ length: ROWS }, () => drawRowLength(lengths, full, fraction)).toSorted(
    (one, other) => one - other,
  );
};
const meanOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
const UNCUT = 1e9;

describe("rows that are drawn", () => {
  test("are of all lengths alike where they are uniform, from 1 token to the full length", () => {
    const rows = drawn({ kind: "uniform" }, 100);
    for (let length = 1; length <= 100; length++) {
      const count = rows.filter((each) => each === length).length;
      // Within five deviations of 200.
      expect(Math.abs(count - ROWS / 100)).toBeLessThan(71);
    }
    expect([rows[0], rows.at(-1)]).toEqual([1, 100]);
  });

  test("have the mean that is asked for where they are log-normal, and a deviation of 0.8 of the logarithm", () => {
    const rows = drawn({ kind: "lognormal", mean: 10_000 }, UNCUT);
    expect(meanOf(rows) / 10_000).toBeCloseTo(1, 1.5);
    const logs = rows.map((length) => Math.log(length));
    const center = meanOf(logs);
    expect(center).toBeCloseTo(Math.log(10_000) - 0.8 ** 2 / 2, 1);
    expect(Math.sqrt(meanOf(logs.map((log) => (log - center) ** 2)))).toBeCloseTo(0.8, 1);
  });

  test("are cut at the full length, and have a token at least", () => {
    const rows = drawn({ kind: "lognormal", mean: 2 }, 3);
    expect([rows[0], rows.at(-1)]).toEqual([1, 3]);
  });
});

const lengthsOf = (patch: Partial<Scenario>): readonly number[] => stepLengths(FAMILIES, scenario(patch));
const UNIFORM = { kind: "uniform" } as const;
const around = (mean: number) => ({ kind: "lognormal", mean }) as const;

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
