import { describe, expect, test } from "vitest";
import { main } from "../../tools/terminal/reference.ts";
import { goldenLines, runOnRows } from "./run-on-rows.ts";

const run = (rows: readonly string[], ...args: readonly string[]) => runOnRows(main, rows, args);

const ROWS = goldenLines("whole-run-reference.jsonl");
const rowOf = (kind: string): string => ROWS.find((line) => line.includes(`"run": "${kind}"`)) ?? "";

/** A row of a kind with other fields. */
const changed = (kind: string, patch: object): string =>
  JSON.stringify({ ...(JSON.parse(rowOf(kind)) as object), ...patch });

describe("reference, of moments outside the step", () => {
  test("joins them to the others: their errors in a column, and in the same last line", async () => {
    const { code, printed, last } = await run([
      rowOf("merge"),
      ...goldenLines("own-reference-memory.jsonl").slice(0, 1),
    ]);
    expect(code).toBe(0);
    expect(printed[0]).toMatch(/zero B +run B$/);
    expect(last).toContain("over 2 rows · 2 exact");
  });

  test("shows a moment that is a byte off though its peak is not", async () => {
    const { expected } = JSON.parse(rowOf("merge")) as { expected: { moments: { live_bytes: number }[] } };
    for (const moment of expected.moments) moment.live_bytes += 512;
    const { printed, last } = await run([changed("merge", { expected })]);
    expect(printed[1]).toMatch(/ 1 +1 +0 .* 512$/);
    expect(last).toContain("1 exact");
  });

  test.each([
    ["load", { checkpoint_dtype: undefined }, "its checkpoint_dtype is missing"],
    ["load", { quantization: { bits: 3 } }, "its quantization.bits is 3, not 4 or 8"],
    ["merge", { safe_merge: null }, "its safe_merge is missing"],
    ["merge", { r: undefined }, "its r is missing"],
    [
      "save",
      { expected: { params: 1, peak_bytes: 1, moments: [] } },
      "its expected.moments is [], not a list of moments",
    ],
    ["resume", { optim: 3 }, "its optim is 3, not text"],
    ["save", { run: "swim" }, 'its run is "swim", not load, merge, save, resume, evaluate or generate'],
  ])("names what is wrong with a row of %s: %o", async (kind, patch, why) => {
    const { code, complaints } = await run([changed(kind, patch)]);
    expect(code).toBe(2);
    expect(complaints[0]).toMatch(/0\.jsonl:1: /);
    expect(complaints[0]).toContain(`${why}.`);
  });
});
