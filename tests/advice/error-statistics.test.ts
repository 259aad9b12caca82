import { expect, test } from "vitest";
import { errorReasons, errorStatistics, statisticsBy, seenSources } from "#advice/error-statistics.ts";
import type { AccuracyRun, SeenFigure } from "#catalog/accuracy.ts";

const off = (fraction: number, reason: string | null = null) => ({
  predictedBytes: 100 * (1 + fraction),
  measuredBytes: 100,
  reason,
});

test("the median and the 90th percentile are of sizes; the worst error keeps its sign", () => {
  const { runs, median, p90, worst } = errorStatistics([0.01, -0.02, 0.03, -0.5, 0.04].map((each) => off(each)));
  expect(runs).toBe(5);
  expect(median).toBeCloseTo(0.03, 9);
  expect(p90).toBeCloseTo(0.5, 9);
  expect(worst).toBeCloseTo(-0.5, 9);
});

test("a share of runs is a whole number of them, rounded up; half of an even number is its lower half", () => {
  const sizes = [0.1, -0.2, 0.3, -0.4].map((each) => off(each));
  expect(errorStatistics(sizes).median).toBeCloseTo(0.2, 9);
  expect(errorStatistics(sizes).p90).toBeCloseTo(0.4, 9);
  const ten = Array.from({ length: 10 }, (_, index) => off((index + 1) / 100));
  expect(errorStatistics(ten).p90).toBeCloseTo(0.09, 9);
  expect(errorStatistics([off(-0.3), off(0.3)]).worst).toBeCloseTo(-0.3, 9);
});

test("what was measured as nothing has no error", () => {
  expect(errorStatistics([{ predictedBytes: 5, measuredBytes: 0 }]).worst).toBe(0);
});

test("no runs have no error", () => {
  expect(errorStatistics([])).toEqual({ runs: 0, median: 0, p90: 0, worst: 0 });
});

test("groups come by name, each with its own runs", () => {
  const runs = [
    { ...off(0.1), name: "b" },
    { ...off(0.2), name: "a" },
    { ...off(0.3), name: "b" },
  ];
  expect(statisticsBy(runs, ({ name }) => name).map(({ name, runs: count }) => [name, count])).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
});

test("only errors above 5 % need a reason; the most frequent comes first, and not knowing one is said", () => {
  const runs = [off(0.04, "small"), off(0.06, "compile"), off(-0.3), off(0.2, "offload"), off(0.1, "offload")];
  expect(errorReasons(runs).map(({ reason, runs: count }) => [reason, count])).toEqual([
    ["offload", 2],
    ["compile", 1],
    ["Not known", 1],
  ]);
});

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
