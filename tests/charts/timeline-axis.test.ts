import { describe, expect, test } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import type { TimelinePoint } from "#calc/model/timeline.ts";
import { timelineSeries, type TimelineSeries } from "#charts/timeline-series.ts";
import { point } from "./timeline-point.ts";

/** A model of two layers and its embeddings. */
const drawn = (
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
  drawn(points).points.map(({ fromX, toX }) => [Number(fromX.toFixed(6)), Number(toX.toFixed(6))]);

describe("the axis of a step", () => {
  test("has a third for forward and backward each, and less for loss, step and zero", () => {
    const { phases } = drawn([]);
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
    const { phases, points: placed } = drawn(points);
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
      drawn(passes.map((pass) => point("forward", 0, { pass })))
        .phases.map(({ label }) => label)
        .slice(0, -4);
    const leftOut = [point("forward", 0, { pass: "policy" }), point("forward", 2, { pass: "reference" })];
    expect(drawn(leftOut).phases.map(({ label }) => label)).toEqual(["Forward", "Loss", "Backward", "Step", "Zero"]);
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
  expect(drawn([point("forward", 0, { gib: 9 })]).endGib).toBe(12);
  expect(drawn([point("forward", 0, { gib: 9.6 })]).endGib).toBe(16);
  expect(drawn([point("forward", 0, { gib: 9 })], { capacityGib: 14 }).endGib).toBe(16);
  expect(drawn([point("forward", 0, { gib: 9 })], { capacityGib: 14.1 }).endGib).toBe(20);
  expect(drawn([], { capacityGib: 14 }).endGib).toBe(16);
});

test("the axis of values has about six numbers", () => {
  expect(drawn([], { capacityGib: 14 }).ticks).toEqual([0, 4, 8, 12, 16]);
  expect(drawn([], { capacityGib: 5 }).ticks).toEqual([0, 2, 4, 6]);
});

test("the framework's share lies under the terms of every point", () => {
  const [first] = drawn([point("forward", 0, { gib: 9 })]).points;
  expect(first?.totalBytes).toBe(10 * GIB);
  expect(first?.terms[0]).toEqual({ id: "framework", bytes: GIB, topGib: 1 });
  expect(first?.terms[1]).toEqual({ id: "weights", bytes: 9 * GIB, topGib: 10 });
});
