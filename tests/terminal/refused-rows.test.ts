import { describe, expect, test } from "vitest";
import { main as accuracy } from "../../tools/terminal/accuracy.ts";
import { main as configs } from "../../tools/terminal/configs.ts";
import { holdFits, holdRuns } from "../../tools/terminal/accuracy/hold-all.ts";
import { main as reference } from "../../tools/terminal/reference.ts";
import { holdRows } from "../../tools/terminal/reference-held.ts";
import { runCommand } from "../package/commands/run-command.ts";
import { inFiles } from "./in-files.ts";
import { type OddRow, oddRows } from "./odd-rows.ts";
import { goldenLines, runOnRows } from "./run-on-rows.ts";

const MEMORY = [
  "reference-memory",
  "own-reference-memory",
  "hybrid-reference-memory",
  "sparse-reference-memory",
  "kernels-reference-memory",
  "moe-4bit-reference-memory",
  "moe-unsloth-reference-memory",
  "tuners-reference-memory",
  "skipped-reference-memory",
  "prompt-reference-memory",
  "padded-reference-memory",
  "window-reference-memory",
  "trl-reference-memory",
  "trl-dpo-reference-memory",
  "trl-grpo-reference-memory",
  "trl-grpo-older-reference-memory",
  "trl-kto-reference-memory",
  "trl-reward-reference-memory",
  "trl-distill-reference-memory",
  "trl-copy-4bit-reference-memory",
  "selective-reference-memory",
  "offloading-reference-memory",
  "fp16-reference-memory",
];
const RANKS = [
  "fsdp2-reference-ranks",
  "accelerate-reference-ranks",
  "accumulated-reference-ranks",
  "zero-reference-ranks",
  "divided-twice-reference-ranks",
  "expert-parallel-reference-ranks",
];

/** Lines that name rows of a file, by their line there. */
const byLine = (lines: readonly string[]): ReadonlyMap<number, string> =>
  new Map(
    lines.map((line) => {
      const [, number = "", why = ""] = /:(\d+): (.*)$/s.exec(line) ?? [];
      return [Number(number), why] as const;
    }),
  );

/** Rows of which neither a figure nor a sentence that names the field came. */
const unsaid = (odd: readonly OddRow[], said: ReadonlyMap<number, string>): readonly string[] =>
  odd.flatMap(({ field, how }, index) => {
    const why = said.get(index + 1);
    // Within what is refused as a whole its own name stands.
    const named =
      why === undefined ||
      new RegExp(`(its|no) ${field.replace(/[[\]]/g, "\\$&")}( is |[.[]|$)`).test(why.replace(/\.$/, ""));
    return named ? [] : [`${field} ${how}: ${why}`];
  });

describe("a row of which a field is not as it has to be", () => {
  test.each([
    ["memory", MEMORY, 200],
    ["one rank of several", RANKS, 100],
    ["counts", ["reference-counts", "more-counts"], 30],
  ])("of a reference of %s gives a figure, or is named with file, line and field", async (_, files, least) => {
    const odd = oddRows(files);
    const lines = odd.map(({ row }) => JSON.stringify(row));
    await inFiles([lines.join("\n")], async ([path = ""]) => {
      const { errors, counts, refused, unknown } = holdRows(path);
      expect(unsaid(odd, byLine([...refused, ...unknown]))).toEqual([]);
      expect(errors.length + counts.length + refused.length + unknown.length).toBe(odd.length);
      expect(refused.length).toBeGreaterThan(least);
      await Promise.resolve();
    });
  });

  test.each([
    ["measured runs", "measured-runs", (path: string) => holdRuns(path)],
    ["facts", "fit-facts", (path: string) => holdFits(path, path.replace("0.jsonl", "1.jsonl"))],
  ] as const)("of %s gives a figure, or is named with file, line and field", async (_, file, hold) => {
    const odd = oddRows([file]);
    await inFiles([odd.map(({ row }) => JSON.stringify(row)).join("\n"), ""], async ([path = ""]) => {
      const { held, leftOut } = hold(path);
      const refused = leftOut.flatMap(({ where, why }) => (where === undefined ? [] : [`${where}: ${why}`]));
      expect(unsaid(odd, byLine(refused))).toEqual([]);
      expect(held.length + leftOut.length).toBe(odd.length);
      for (const each of held)
        for (const figure of Object.values(each).filter((value) => typeof value === "number"))
          expect(figure).toSatisfy(Number.isFinite);
      await Promise.resolve();
    });
  });
});

const [GOOD = ""] = goldenLines("own-reference-memory.jsonl");
const without = (line: string, field: string): string =>
  JSON.stringify({ ...(JSON.parse(line) as object), [field]: undefined });

describe("the commands", () => {
  test("reference holds the others, names the row on standard error, and ends with 2", async () => {
    const { code, complaints, last } = await runOnRows(reference, [GOOD, without(GOOD, "sequence_length")]);
    expect(code).toBe(2);
    expect(complaints).toEqual([expect.stringMatching(/0\.jsonl:2: its sequence_length is missing\.$/)]);
    expect(last).toMatch(/over 1 rows · 1 exact$/);
  });

  test("reference says of a file that cannot be read, and of a line that is no JSON, which", async () => {
    const { code, complaints } = await runCommand(reference, ["--data", "no/such/file.jsonl"]);
    expect([code, complaints]).toEqual([2, ["no/such/file.jsonl cannot be read."]]);
    const odd = await runOnRows(reference, [GOOD, "[1", GOOD]);
    expect([odd.code, odd.printed]).toEqual([2, []]);
    expect(odd.complaints).toEqual([expect.stringMatching(/0\.jsonl, line 2, is no JSON object\.$/)]);
    expect((await runOnRows(reference, ["7"])).complaints[0]).toMatch(/line 1, is no JSON object\.$/);
  });

  test("accuracy holds the others, lists the row among those not mapped, and names it on standard error", async () => {
    const [run = ""] = goldenLines("measured-runs.jsonl");
    const { code, complaints, printed } = await runOnRows(accuracy, [run, without(run, "gpu")]);
    expect(code).toBe(0);
    expect(complaints).toEqual([expect.stringMatching(/0\.jsonl:2: its gpu is missing\.$/)]);
    expect(printed).toContain("1 rows not mapped:");
  });

  test("configs names a row of expectations that is none", async () => {
    await inFiles(['{"file": "a.yaml", "tool": "trl", "expect": {}, "mention": []}'], async ([path = ""]) => {
      const { code, complaints } = await runCommand(configs, [path]);
      expect(code).toBe(2);
      expect(complaints).toEqual([`${path}:1: its outcome is missing.`, `${path} has no rows.`]);
    });
  });
});

test.skipIf(process.platform === "win32")(
  "rows without end are read no further than a file of the largest size",
  async () => {
    const { code, complaints } = await runCommand(reference, ["--data", "/dev/zero"]);
    expect(code).toBe(2);
    expect(complaints.join()).toContain("/dev/zero is not read. The file has more than the 16 MB that are read.");
  },
);
