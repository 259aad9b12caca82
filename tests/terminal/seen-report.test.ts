import { describe, expect, test } from "vitest";
import type { MeasuredRun } from "../../tools/terminal/accuracy/measured-run.ts";
import type { SeenRun } from "../../tools/terminal/accuracy/seen-run.ts";
import { seenLines } from "../../tools/terminal/seen-report.ts";
import { goldenLines } from "./run-on-rows.ts";

const [ROW = ""] = goldenLines("measured-runs.jsonl");
const GIB = 2 ** 30;

/** A run that was seen to hold 10 GiB. */
const seen = (id: string, ruleGib: number, replayedGib: number | null): SeenRun => ({
  run: { ...(JSON.parse(ROW) as MeasuredRun), id, source: id[0] ?? "", chunked_or_fused_ce: true },
  metric: "reserved",
  measuredBytes: 10 * GIB,
  peakBytes: 8 * GIB,
  ruleBytes: ruleGib * GIB,
  replayedBytes: replayedGib === null ? null : replayedGib * GIB,
  neededBytes: ruleGib * GIB,
});

const cellsOf = (line = ""): readonly string[] => line.split(/ {2,}/);

describe("what runs were seen to hold", () => {
  const lines = seenLines("one GPU", [
    seen("b1", 12, 10.9),
    seen("a1", 13, 8),
    seen("a2", 11, 10),
    seen("a3", 30, null),
  ]);

  test("is off by so much by the rule and by the replay, beside what is needed of the peak, for each source and for all, without what is not replayed", () => {
    expect(lines.slice(1, 4).map(cellsOf)).toEqual([
      ["a", "2", "10.00 %", "30.00 %", "0.00 %", "20.00 %", "1.38", "1.63"],
      ["b", "1", "20.00 %", "20.00 %", "9.00 %", "9.00 %", "1.50", "1.50"],
      ["all", "3", "20.00 %", "30.00 %", "9.00 %", "20.00 %", "1.50", "1.63"],
    ]);
    expect(lines.filter((line) => line.startsWith("reserved") || line.startsWith("true")).map(cellsOf)).toEqual([
      ["reserved", "3", "20.00 %", "30.00 %", "9.00 %", "20.00 %", "1.50", "1.63"],
      ["true", "3", "20.00 %", "30.00 %", "9.00 %", "20.00 %", "1.50", "1.63"],
    ]);
  });

  test("is named where the replay is off by more than a tenth, or does not know the run", () => {
    expect(lines.slice(lines.indexOf("Of these the replay is off by more than 10 %:") + 1)).toEqual([
      "  a1  -20.00 %  8.00 for 10.00 GiB",
      "  a3  not replayed",
      "",
    ]);
  });

  test("is no table where nothing was seen", () => {
    expect(seenLines("one GPU", [])).toEqual([]);
  });
});
