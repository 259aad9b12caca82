import { expect, test } from "vitest";
import { main } from "../../tools/terminal/accuracy.ts";
import type { MeasuredRun } from "../../tools/terminal/accuracy/measured-run.ts";
import { sourceUrl } from "../../tools/terminal/accuracy/source-url.ts";
import { goldenLines, runOnRows } from "./run-on-rows.ts";

/** A row with where its figure was read, which predictions do not look at. */
type LibraryRun = MeasuredRun & Readonly<{ source_ref: string; verification: string }>;

const LINES = goldenLines("library-runs.jsonl");
const ROWS = LINES.map((line) => JSON.parse(line) as LibraryRun);

test("every run has a name of its own, an address, where in its source the figure stands and how it was read", () => {
  expect(new Set(ROWS.map(({ id }) => id)).size).toBe(ROWS.length);
  for (const { id, source, source_ref, verification } of ROWS) {
    expect(sourceUrl(source), id).toMatch(/^https:/);
    expect(source_ref.length * verification.length, id).toBeGreaterThan(0);
  }
});

test("there are six runs of LoRA with long rows in Axolotl at least, and six of QLoRA with quantised experts in Axolotl and in Unsloth", () => {
  const of = (framework: RegExp, holds: (run: LibraryRun) => boolean): number =>
    ROWS.filter((run) => framework.test(run.framework) && holds(run)).length;
  const isLong = ({ method, seq_len }: LibraryRun): boolean => method === "lora" && (seq_len ?? 0) >= 32_768;
  const hasExperts = ({ quantization }: LibraryRun): boolean => /experts too/.test(quantization ?? "");
  expect(of(/^Axolotl/, isLong)).toBeGreaterThanOrEqual(6);
  expect(of(/^Axolotl/, hasExperts)).toBeGreaterThanOrEqual(6);
  expect(of(/^Unsloth/, hasExperts)).toBeGreaterThanOrEqual(6);
});

test("each row is held or says why it is not; none is refused for its form", async () => {
  const { code, printed } = await runOnRows(main, LINES, ["--json"]);
  expect(code).toBe(0);
  expect(printed).toHaveLength(ROWS.length);
  const reasons = printed.flatMap((line) => (JSON.parse(line) as { notMapped?: string }).notMapped ?? []);
  for (const why of reasons) expect(why).toMatch(/^(no model of|.* has no module|The tuner lora|its attention is)/);
});
