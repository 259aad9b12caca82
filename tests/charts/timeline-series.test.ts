import { describe, expect, test, it } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import {
  TIMELINE_STACK,
  pointName,
  runSeries,
  timelineSeries,
  type TimelineSeries,
  stepPhases,
} from "#charts/timeline-series.ts";
import { EXPLAINED } from "../calc/step/explained-scenarios.ts";
import { drawn } from "./timeline-builders.ts";
import { perTerm } from "#calc/model/terms.ts";
import type { TimelinePoint } from "#calc/model/timeline.ts";
import { point } from "./timeline-point.ts";
import type { PassId } from "#calc/model/objective.ts";

describe.each(EXPLAINED)("The picture of %s", (_, asked) => {
  const { points, series, frameworkBytes } = drawn(asked, 23.55);

  test("has every point of the step, as high on the card as its bytes and the framework's share", () => {
    expect(series.points.map(({ totalBytes }) => totalBytes)).toEqual(
      points.map(({ bytes }) => bytes + frameworkBytes),
    );
    const highest = Math.max(...series.points.map(({ totalBytes }) => totalBytes));
    expect(series.points[series.peak]?.totalBytes).toBe(highest);
  });

  test("lays terms on each other from zero to the total, what stays at the bottom", () => {
    for (const { terms, totalBytes } of series.points) {
      expect(terms.map(({ id }) => id)).toEqual(TIMELINE_STACK);
      expect(terms.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(totalBytes);
      expect(terms.at(-1)?.topGib).toBeCloseTo(totalBytes / GIB, 9);
    }
  });

  test("goes from left to right, from one end of the axis to the other, without a step back", () => {
    let x = 0;
    for (const { fromX, toX } of series.points) {
      expect(fromX).toBeGreaterThanOrEqual(x - 1e-9);
      expect(toX).toBeGreaterThanOrEqual(fromX);
      x = toX;
    }
    expect(series.points[0]?.fromX).toBe(0);
    expect(x).toBeCloseTo(1, 9);
  });

  test("has phases that cover the axis, and every point in the phase that it is named after", () => {
    expect(series.phases[0]?.fromX).toBe(0);
    series.phases.forEach(({ toX }, index) => expect(series.phases[index + 1]?.fromX ?? 1).toBeCloseTo(toX, 9));
    for (const { name, fromX, toX } of series.points) {
      const middle = (fromX + toX) / 2;
      const phase = series.phases.find((each) => middle <= each.toX + 1e-9);
      if (name.startsWith("backward, ")) expect(phase?.label).toBe("Backward");
      if (name.startsWith("forward, layer")) expect(phase?.label).toBe("Forward");
      if (/^(loss|backward of the loss)/.test(name)) expect(phase?.label).toBe("Loss");
    }
  });

  test("gives no two points one name", () => {
    expect(new Set(series.points.map(({ name }) => name)).size).toBe(series.points.length);
  });
});

test("the axis leaves room above the highest point and the capacity line for what is written on them", () => {
  for (const [, asked] of EXPLAINED)
    for (const capacityGib of [8, 23.55, 79.2]) {
      const { series } = drawn(asked, capacityGib);
      const highest = Math.max(capacityGib, ...series.points.map(({ totalBytes }) => totalBytes / GIB));
      expect(series.endGib).toBeGreaterThan(1.1 * highest);
    }
});

test("what is seen is drawn where it is known, and the axis leaves room above it", () => {
  const [, asked] = EXPLAINED[0] ?? [];
  if (asked === undefined) throw new Error("there are scenarios");
  const { points, series } = drawn(asked, 8);
  for (const { seenBytes } of series.points) expect(seenBytes).toBeNull();
  const seen = points.map((_, index) => (60 + index) * GIB);
  const shown = drawn(asked, 8, seen).series;
  expect(shown.points.map(({ seenBytes }) => seenBytes)).toEqual(seen);
  expect(shown.endGib).toBeGreaterThan(1.1 * (59 + points.length));
});

test("only a checkpointed backward runs the layers again", () => {
  for (const [, asked] of EXPLAINED) {
    const hint = drawn(asked, 24).series.phases.find(({ label }) => label === "Backward")?.hint;
    expect(hint?.includes("recomputed")).toBe(asked.gradient_checkpointing);
  }
});

test.each([
  [{ phase: "start", layer: -1, at: "end" }, "start of forward"],
  [{ phase: "forward", layer: -1, at: "highest" }, "forward, embeddings"],
  [{ phase: "forward", layer: 0, at: "end" }, "forward, layer 1 of 32, end"],
  [{ phase: "forward", layer: 32, at: "highest" }, "loss"],
  [{ phase: "backward", layer: 32, at: "highest" }, "backward of the loss"],
  [{ phase: "forward", layer: 2, at: "highest", pass: "reference" }, "reference, layer 3 of 32"],
  [{ phase: "forward", layer: 32, at: "end", pass: "policy", isHead: true }, "policy, head, end"],
  [{ phase: "forward", layer: -1, at: "highest", pass: "reference_kl" }, "reference KL, embeddings"],
  [{ phase: "forward", layer: 4, at: "highest", pass: "policy states" }, "policy, states, layer 5 of 32"],
  [{ phase: "forward", layer: -1, at: "highest", pass: "teacher" }, "teacher and loss"],
  [{ phase: "backward", layer: 30, at: "highest" }, "backward, layer 31 of 32"],
  [{ phase: "finish", layer: 30, at: "highest" }, "after backward, layer 31 of 32"],
  [{ phase: "finish", layer: 32, at: "highest" }, "after backward, head"],
  [{ phase: "step", layer: -1, at: "highest" }, "optimizer step"],
  [{ phase: "step", layer: -1, at: "end" }, "after the optimizer step"],
  [{ phase: "zero", layer: -1, at: "end" }, "after zero_grad"],
] as const)("%j is called %s", (point, name) => {
  expect(pointName(point, 32)).toBe(name);
});

const runSeriesPoint = (part: string, name: string, weights: number) => ({
  part,
  name,
  terms: { ...perTerm(() => 0), weights: weights * GIB },
});

const series = runSeries(
  [
    runSeriesPoint("load", "loading", 4),
    runSeriesPoint("step", "forward", 5),
    runSeriesPoint("step", "backward", 9),
    runSeriesPoint("save", "saving", 4),
  ],
  { peak: 2, frameworkBytes: GIB, capacityBytes: 8 * GIB, labelOf: (part) => part.toUpperCase() },
);

describe("the series of a run", () => {
  it("has its parts side by side from one end of the axis to the other, wider where they have more points", () => {
    expect(series.phases.map(({ label }) => label)).toEqual(["LOAD", "STEP", "SAVE"]);
    const edges = series.phases.flatMap(({ fromX, toX }) => [fromX, toX]);
    expect(edges.toSorted((one, other) => one - other)).toEqual(edges);
    expect([edges[0], edges.at(-1)]).toEqual([0, 1]);
    const [load = 0, step = 0] = series.phases.map(({ fromX, toX }) => toX - fromX);
    expect(step / load).toBeCloseTo(1.4, 9);
  });

  it("has each point at its height, over the framework's share, in order along the axis", () => {
    expect(series.points.map(({ name, totalBytes }) => [name, totalBytes / GIB])).toEqual([
      ["LOAD: loading", 5],
      ["STEP: forward", 6],
      ["STEP: backward", 10],
      ["SAVE: saving", 5],
    ]);
    expect(series.points[2]?.terms.map(({ id, topGib }) => [id, topGib]).slice(0, 3)).toEqual([
      ["framework", 1],
      ["weights", 10],
      ["adapters", 10],
    ]);
    const places = series.points.flatMap(({ fromX, toX }) => [fromX, toX]);
    expect(places.toSorted((one, other) => one - other)).toEqual(places);
  });

  it("ends above its highest point and the line of the card", () => {
    expect(series.endGib).toBeGreaterThan(10);
    expect(series.peak).toBe(2);
  });
});

/** A model of two layers and its embeddings. */
const timelineAxisDrawn = (
  points: readonly TimelinePoint[],
  { capacityGib = 0, peak = 0, seen = null as readonly number[] | null } = {},
): TimelineSeries =>
  timelineSeries(points, {
    layers: 2,
    peak,
    frameworkBytes: GIB,
    capacityBytes: capacityGib * GIB,
    gradient_checkpointing: false,
    seen,
  });

const stretchesOf = (points: readonly TimelinePoint[]): readonly (readonly [number, number])[] =>
  timelineAxisDrawn(points).points.map(({ fromX, toX }) => [Number(fromX.toFixed(6)), Number(toX.toFixed(6))]);

describe("the axis of a step", () => {
  test("has a third for forward and backward each, and less for loss, step and zero", () => {
    const { phases } = timelineAxisDrawn([]);
    expect(phases.map(({ label, hint }) => [label, hint])).toEqual([
      ["Forward", "2 layers"],
      ["Loss", "and head"],
      ["Backward", "2 layers"],
      ["Step", "optimizer"],
      ["Zero", ""],
    ]);
    expect(phases.map(({ fromX }) => Number(fromX.toFixed(6)))).toEqual([0, 0.33, 0.47, 0.8, 0.91]);
    expect(phases.map(({ toX }) => Number(toX.toFixed(6)))).toEqual([0.33, 0.47, 0.8, 0.91, 1]);
  });

  test("has a stretch for the forward of each model, with its head, and the loss after the last", () => {
    const ofPass = (pass: string): readonly TimelinePoint[] =>
      [-1, 0, 1, 2].map((layer) => point("forward", layer, { pass }));
    const points = [...ofPass("policy"), ...ofPass("reference"), point("backward", 2, { pass: "reference" })];
    const { phases, points: placed } = timelineAxisDrawn(points);
    expect(phases.map(({ label }) => label)).toEqual(["Policy", "Reference", "Loss", "Backward", "Step", "Zero"]);
    const labelOf = ({ fromX, toX }: Readonly<{ fromX: number; toX: number }>): string | undefined =>
      phases.find((phase) => (fromX + toX) / 2 < phase.toX)?.label;
    expect(placed.map((each) => [each.name, labelOf(each)])).toEqual([
      ["policy, embeddings", "Policy"],
      ["policy, layer 1 of 2", "Policy"],
      ["policy, layer 2 of 2", "Policy"],
      ["policy, head", "Policy"],
      ["reference, embeddings", "Reference"],
      ["reference, layer 1 of 2", "Reference"],
      ["reference, layer 2 of 2", "Reference"],
      ["loss", "Loss"],
      ["backward of the loss", "Loss"],
    ]);
  });

  test("has the axis to itself where the other model's forward is left out, and short names where there are four", () => {
    const forwards = (passes: readonly string[]): readonly string[] =>
      timelineAxisDrawn(passes.map((pass) => point("forward", 0, { pass })))
        .phases.map(({ label }) => label)
        .slice(0, -4);
    const leftOut = [point("forward", 0, { pass: "policy" }), point("forward", 2, { pass: "reference" })];
    expect(timelineAxisDrawn(leftOut).phases.map(({ label }) => label)).toEqual([
      "Forward",
      "Loss",
      "Backward",
      "Step",
      "Zero",
    ]);
    expect(forwards(["kl", "policy", "reference_kl", "reference"])).toEqual(["KL", "Policy", "Ref. KL", "Ref."]);
  });

  test("gives the layers of a phase equal stretches, level over the middle of each", () => {
    expect(
      stretchesOf([
        point("start", -1, { at: "end" }),
        point("forward", -1),
        point("forward", -1, { at: "end" }),
        point("forward", 0),
        point("forward", 1, { at: "end" }),
      ]),
    ).toEqual([
      [0, 0],
      [0.033, 0.077],
      [0.11, 0.11],
      [0.143, 0.187],
      [0.33, 0.33],
    ]);
  });

  test("has head and loss, forward and backward, in the stretch of the loss", () => {
    expect(stretchesOf([point("forward", 2), point("backward", 2), point("backward", 1)])).toEqual([
      [0.351, 0.379],
      [0.421, 0.449],
      [0.569, 0.701],
    ]);
  });

  test("has what comes after backward in the stretch of backward, and zero level to the end", () => {
    expect(stretchesOf([point("backward", 0), point("finish", 0), point("step", -1), point("zero", -1)])).toEqual([
      [0.5195, 0.5855],
      [0.6845, 0.7505],
      [0.833, 0.877],
      [0.937, 1],
    ]);
  });
});

test("the highest point has 14 % of air above it, and so has the line of the card", () => {
  expect(timelineAxisDrawn([point("forward", 0, { gib: 9 })]).endGib).toBe(12);
  expect(timelineAxisDrawn([point("forward", 0, { gib: 9.6 })]).endGib).toBe(16);
  expect(timelineAxisDrawn([point("forward", 0, { gib: 9 })], { capacityGib: 14 }).endGib).toBe(16);
  expect(timelineAxisDrawn([point("forward", 0, { gib: 9 })], { capacityGib: 14.1 }).endGib).toBe(20);
  expect(timelineAxisDrawn([], { capacityGib: 14 }).endGib).toBe(16);
});

test("the axis of values has about six numbers", () => {
  expect(timelineAxisDrawn([], { capacityGib: 14 }).ticks).toEqual([0, 4, 8, 12, 16]);
  expect(timelineAxisDrawn([], { capacityGib: 5 }).ticks).toEqual([0, 2, 4, 6]);
});

test("the framework's share lies under the terms of every point", () => {
  const [first] = timelineAxisDrawn([point("forward", 0, { gib: 9 })]).points;
  expect(first?.totalBytes).toBe(10 * GIB);
  expect(first?.terms[0]).toEqual({ id: "framework", bytes: GIB, topGib: 1 });
  expect(first?.terms[1]).toEqual({ id: "weights", bytes: 9 * GIB, topGib: 10 });
});

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
