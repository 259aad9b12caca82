import { describe, expect, test } from "vitest";
import type { PassId } from "#calc/model/objective.ts";
import { stepPhases } from "#charts/timeline-series.ts";
import { point } from "./timeline-point.ts";

const LAYERS = 2;

/** A step with a forward for each pass. */
const stepOf = (passes: readonly (PassId | null)[]) =>
  stepPhases({
    layers: LAYERS,
    gradient_checkpointing: false,
    points: [
      point("start", -1),
      ...passes.flatMap((pass) => [0, 1, LAYERS].map((layer) => point("forward", layer, { pass }))),
      ...[LAYERS, 1, 0].map((layer) => point("backward", layer)),
      point("finish", -1),
      point("step", -1),
      point("zero", -1),
    ],
  });

describe("phases of a step", () => {
  test("one model: its forward and backward are as long, and head and loss lie between", () => {
    const { phases, idOf } = stepOf([null]);
    const [forward, , backward] = phases.map(({ fromX, toX }) => toX - fromX);
    expect(forward).toBeCloseTo(backward ?? 0);
    expect(phases.at(-1)?.toX).toBeCloseTo(1);
    const [before, after] = ["forward ", "backward"];
    expect(idOf).toEqual([before, before, before, "loss", "loss", after, after, after, "step", "zero"]);
  });

  test("the more models run, the more of the axis their forwards have, and all of it is filled", () => {
    const passes: readonly PassId[] = ["policy", "reference", "kl"];
    const starts = [1, 2, 3].map((count) => {
      const { phases, roles } = stepOf(passes.slice(0, count));
      expect(roles).toEqual(passes.slice(0, count));
      expect(phases.at(-1)?.toX).toBeCloseTo(1);
      return phases.find(({ id }) => id === "loss")?.fromX ?? 0;
    });
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(new Set(starts).size).toBe(3);
  });

  test("two models are named in full, more of them in short", () => {
    const labels = (passes: readonly PassId[]) =>
      stepOf(passes)
        .phases.filter(({ id }) => id.startsWith("forward"))
        .map(({ label }) => label);
    expect(labels(["policy", "reference"])).toEqual(["Policy", "Reference"]);
    expect(labels(["kl", "policy", "reference"])).toEqual(["KL", "Policy", "Ref."]);
  });

  test("a checkpointed backward says that it computes anew", () => {
    const { phases } = stepPhases({ layers: 3, gradient_checkpointing: true, points: [point("start", -1)] });
    expect(phases.find(({ id }) => id === "backward")?.hint).toBe("3 layers, recomputed");
  });
});
