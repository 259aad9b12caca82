import { describe, expect, test } from "vitest";
import { main } from "../../tools/terminal/reference.ts";
import { goldenLines, runOnRows } from "./run-on-rows.ts";

const run = (rows: readonly string[], ...args: readonly string[]) => runOnRows(main, rows, args);

describe("reference", () => {
  test("ends with the errors of the peak over all rows", async () => {
    const { code, last } = await run(goldenLines("own-reference-memory.jsonl"));
    expect(code).toBe(0);
    expect(last).toMatch(/^median 0\.0000 % · p95 0\.0000 % · max 0\.0000 % over \d+ rows · \d+ exact$/);
  });

  test("shows a row that is a byte off among the worst", async () => {
    const [first = ""] = goldenLines("own-reference-memory.jsonl");
    const row = JSON.parse(first) as { id: string; expected: { peak_bytes: number } };
    row.expected.peak_bytes += 512;
    const { printed, last } = await run([JSON.stringify(row)]);
    expect(printed.find((line) => line.startsWith(row.id))).toContain("-512 B");
    expect(last).toContain("over 1 rows · 0 exact");
  });

  test("takes counts in the same way, and names what is off", async () => {
    const [first = "", second = ""] = goldenLines("reference-counts.jsonl");
    const row = JSON.parse(second) as { id: string; params: number };
    row.params += 1;
    const { printed, last } = await run([first, JSON.stringify(row)]);
    expect(printed[0]).toContain("1 of 2 models exact");
    expect(printed[1]).toContain(`${row.id}  params -1`);
    expect(last).toContain("over 2 rows · 1 exact");
  });

  test("a row may bring an architecture of its own; one of an unknown model is said to be left out", async () => {
    const [first = ""] = goldenLines("unseen-reference-memory.jsonl").filter((line) => line.includes('"llama-2-7b"'));
    const row = JSON.parse(first) as Record<string, unknown>;
    const { code, complaints } = await run([first, JSON.stringify({ ...row, model: "no-such-model" })]);
    expect(code).toBe(0);
    expect(complaints).toEqual([
      expect.stringMatching(
        /0\.jsonl:2: its model is "no-such-model", which the catalog does not have, and it has no architecture\.$/,
      ),
    ]);
  });

  test("prints an object a row with --json", async () => {
    const { printed } = await run(goldenLines("own-reference-memory.jsonl").slice(0, 2), "--json");
    expect(printed.map((line) => (JSON.parse(line) as { peakError: number }).peakError)).toEqual([0, 0]);
  });
});
