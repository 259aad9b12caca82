import { describe, expect, it } from "vitest";
import { runToEnd } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { gpuDivision } from "#service/answers/gpu-division.ts";
import { answerOf, choicesOf, focusOf } from "../../answered.ts";

const told = (patch: Partial<Choices>) =>
  runToEnd(gpuDivision({ choices: { ...DEFAULT_CHOICES, ...patch } }, FULL_CATALOG));

describe("several GPUs", () => {
  it("that hold alike hold as many times what one of them does", () => {
    const patch = { gpus: 4, method: "lora" } as const;
    const { onAllGpus, stages, fewest } = told(patch);
    for (const { method, estimate } of answerOf(choicesOf(patch)).methods)
      expect(onAllGpus[method]).toBe(4 * estimate.onCardBytes);
    expect(stages).toEqual([]);
    expect(fewest).toMatch(/^LoRA needs at least .*RTX 4090/);
  });

  it("in a pipeline hold together what its stages do, of which the highest is the answer's", () => {
    const patch = { gpus: 4, pp: 4, accum: 8, method: "full" } as const;
    const { onAllGpus, stages } = told(patch);
    const { estimate } = focusOf(patch);
    expect(stages).toHaveLength(4);
    expect(Math.max(...stages.map(({ peakBytes }) => peakBytes))).toBe(estimate.peakBytes);
    expect(onAllGpus.full).toBeLessThan(4 * estimate.onCardBytes);
  });

  it("are not counted down where there is one, or where each has all of the model", () => {
    expect(told({ offload: "optimizer" }).fewest).toBeNull();
    expect(told({ gpus: 4, shard: "ddp" }).fewest).toBeNull();
  });
});
