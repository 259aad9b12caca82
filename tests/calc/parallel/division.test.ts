import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimateMemory } from "#calc/estimate.ts";
import type { MemoryEstimate } from "#calc/memory-estimate.ts";
import type { Division, Scenario } from "#calc/scenario.ts";
import { loraMethod, scenario } from "../scenario.ts";

const divided = (division: Partial<Division>, patch: Partial<Scenario> = {}): Scenario =>
  scenario({
    gpus: 8,
    ...patch,
    division: { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 1, ...division },
  });

const standing = ({ moments }: MemoryEstimate): number => {
  const parts = moments.find(({ id }) => id === "step")?.parts;
  return (parts?.weights ?? 0) + (parts?.gradients ?? 0) + (parts?.optimizer ?? 0) + (parts?.adapters ?? 0);
};

const METHODS = [{ kind: "full" }, loraMethod()] as const;

describe("Ranks that divide the matrices of a model", () => {
  test("one rank of one is the whole, to the byte", () => {
    for (const method of METHODS)
      for (const sharding of ["none", "fsdp2", "zero3"] as const)
        expect(estimateMemory(divided({}, { method, sharding }))).toEqual(
          estimateMemory(scenario({ gpus: 8, method, sharding })),
        );
  });

  test("two halves are the whole, and what each has beside its half: norms, and the embedding's whole gradient", () => {
    const whole = standing(estimateMemory(scenario()));
    const half = standing(estimateMemory(divided({ tp_size: 2 }, { gpus: 2 })));
    const embedding = 32_000 * 4096;
    expect(half).toBeGreaterThan(whole / 2);
    expect(half - whole / 2).toBeLessThan(embedding * 2 + 65 * 4096 * 8);
  });

  test("more ranks never hold more each, nor less than the whole together", () => {
    fc.assert(
      fc.property(fc.constantFrom(...METHODS), fc.boolean(), fc.constantFrom(1, 2, 4, 8, 16), (method, sp, tp_size) => {
        const of = (ranks: number): MemoryEstimate =>
          estimateMemory(divided({ tp_size: ranks, sequence_parallel: sp }, { gpus: ranks, method }));
        const [few, many] = [of(tp_size), of(2 * tp_size)];
        expect(many.peakBytes).toBeLessThanOrEqual(few.peakBytes);
        expect(2 * standing(many)).toBeGreaterThanOrEqual(standing(few));
        expect(many.params).toBe(few.params);
        expect(many.trainableParams).toBe(few.trainableParams);
      }),
      { numRuns: 20 },
    );
  });

  test("sequence parallelism keeps checkpoints of a rank's share of the tokens", () => {
    const kept = (sequence_parallel: boolean): number =>
      estimateMemory(divided({ tp_size: 8, sequence_parallel })).moments.find(({ id }) => id === "forward")
        ?.liveBytes ?? 0;
    const checkpoints = 32 * 1024 * 4096 * 2;
    expect(kept(false) - kept(true)).toBeGreaterThan(0.8 * checkpoints);
  });

  test("shards lie over the ranks that have the same part", () => {
    const of = (patch: Partial<Scenario>): number => standing(estimateMemory(divided({ tp_size: 2 }, patch)));
    expect(of({ sharding: "fsdp2" }) / of({ gpus: 2 })).toBeLessThan(0.6);
  });
});
