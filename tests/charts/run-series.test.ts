import { describe, expect, it } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import { perTerm } from "#calc/model/terms.ts";
import { runSeries } from "#charts/timeline-series.ts";

const point = (part: string, name: string, weights: number) => ({
  part,
  name,
  terms: { ...perTerm(() => 0), weights: weights * GIB },
});

const series = runSeries(
  [point("load", "loading", 4), point("step", "forward", 5), point("step", "backward", 9), point("save", "saving", 4)],
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
