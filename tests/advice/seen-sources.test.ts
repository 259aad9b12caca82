import { expect, test } from "vitest";
import { seenSources } from "#advice/error-statistics.ts";
import type { AccuracyRun, SeenFigure } from "#catalog/accuracy.ts";

const run = (source: string, seen: Partial<SeenFigure> | null): AccuracyRun => ({
  id: source,
  source,
  model: "a model",
  method: "full",
  stack: "plain",
  framework: "a library",
  group: "other",
  metric: "allocated",
  conditions: "",
  measuredBytes: 100,
  predictedBytes: 100,
  seen: seen && { metric: "reserved", measuredBytes: 100, seenBytes: 100, neededBytes: 90, by: "replay", ...seen },
  reason: null,
  link: "",
});

test("figures are means over the runs of a source, errors those of what is seen", () => {
  expect(
    seenSources([
      run("a source", { measuredBytes: 100, seenBytes: 120, neededBytes: 80 }),
      run("a source", { measuredBytes: 200, seenBytes: 190, neededBytes: 180 }),
    ]),
  ).toEqual([
    {
      source: "a source",
      metric: "reserved",
      by: "replay",
      measuredBytes: 150,
      seenBytes: 155,
      neededBytes: 130,
      runs: 2,
      median: expect.closeTo(0.05, 9) as number,
      p90: expect.closeTo(0.2, 9) as number,
      worst: expect.closeTo(0.2, 9) as number,
    },
  ]);
});

test("what gave a figure and what predicted it stand apart; what is replayed comes first, runs of which nothing was seen not at all", () => {
  const sources = seenSources([
    run("a source", { by: "rule" }),
    run("b source", {}),
    run("b source", { metric: "nvidia-smi" }),
    run("b source", {}),
    run("c source", null),
  ]);
  expect(sources.map(({ source, by, metric, runs }) => [source, by, metric, runs])).toEqual([
    ["b source", "replay", "nvidia-smi", 1],
    ["b source", "replay", "reserved", 2],
    ["a source", "rule", "reserved", 1],
  ]);
});
