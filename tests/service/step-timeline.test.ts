import { describe, expect, it } from "vitest";
import { runToEnd } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { focusedRun } from "#service/answers/library-runs.ts";
import { stepTimeline } from "#service/answers/explained-step.ts";

const told = (patch: Partial<Choices>, alive: boolean) =>
  runToEnd(stepTimeline({ choices: { ...DEFAULT_CHOICES, ...patch }, alive }, FULL_CATALOG));

describe("the step of the method in focus", () => {
  it("has at its highest point the peak of the answer, and every tensor there where that is asked", () => {
    const step = told({ method: "lora" }, true);
    const peakBytes = focusedRun({ ...DEFAULT_CHOICES, method: "lora" }, FULL_CATALOG)?.estimate.peakBytes;
    expect(step?.points[step.peak]?.bytes).toBe(peakBytes);
    expect(Math.max(...(step?.points ?? []).map(({ bytes }) => bytes))).toBe(peakBytes);
    expect(step?.alive?.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(peakBytes);
    expect(step?.layers).toBe(32);
  });

  it("has no list of tensors where nobody asks, and is data that another thread can have", () => {
    const step = told({}, false);
    expect(step?.alive).toBeNull();
    expect(structuredClone(step)).toEqual(step);
  });

  it.each([1, 8])(
    "says what is seen at each point while there is room, in the end what the answer says: %i GPUs",
    (gpus) => {
      const onH100: Partial<Choices> = { gpu: { kind: "catalog", id: "h100-sxm" }, gpus };
      const { points = [], seen } = told(onH100, false) ?? {};
      const estimate = focusedRun({ ...DEFAULT_CHOICES, ...onH100 }, FULL_CATALOG)?.estimate;
      if (estimate === undefined) throw new Error("a method is shown");
      expect(seen).toHaveLength(points.length);
      expect(seen?.at(-1)).toBe(estimate.onCardRangeBytes[1]);
      const besideBytes = estimate.onCardBytes - estimate.peakBytes;
      points.forEach(({ bytes }, index) => expect(seen?.[index]).toBeGreaterThanOrEqual(bytes + besideBytes));
    },
  );

  it.each<[string, Partial<Choices>]>([
    ["DeepSpeed", { gpus: 2, shard: "zero3" }],
    ["FSDP 1, whose streams free late", { gpus: 2, shard: "fsdp1" }],
    ["a card of Apple’s", { gpu: { kind: "catalog", id: "apple-m3-max-64gb" } }],
    ["a base that GPTQ has quantised", { method: "qlora", quant: "gptq" }],
  ])("says nothing of it where that is not known: %s", (_, patch) => {
    const step = told(patch, false);
    expect(step?.points.length).toBeGreaterThan(0);
    expect(step?.seen).toBeNull();
  });

  it("is none where the figures come from no step, or no method is shown", () => {
    expect(told({ stack: "article" }, true)).toBeNull();
    expect(told({ show: [] }, true)).toBeNull();
  });
});
