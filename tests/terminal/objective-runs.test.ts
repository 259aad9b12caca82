import { describe, expect, test } from "vitest";
import { main } from "../../tools/terminal/accuracy.ts";
import type { MeasuredRun } from "../../tools/terminal/accuracy/measured-run.ts";
import { isNotMapped } from "../../tools/terminal/accuracy/not-mapped.ts";
import { notUsedObjectiveRuns } from "../../tools/terminal/accuracy/not-used-objective-runs.ts";
import { runGroup } from "../../tools/terminal/accuracy/run-group.ts";
import { objectiveStack, runObjective } from "../../tools/terminal/accuracy/run-objective.ts";
import { sourceUrl } from "../../tools/terminal/accuracy/source-url.ts";
import { goldenLines, runOnRows } from "./run-on-rows.ts";

/** A row with where its figure was read, which predictions do not look at. */
type ObjectiveRun = MeasuredRun & Readonly<{ source_ref: string; verification: string }>;

const LINES = goldenLines("objective-runs.jsonl");
const ROWS = LINES.map((line) => JSON.parse(line) as ObjectiveRun);

type Held = Readonly<{ id: string; group?: string; errorFraction?: number; notMapped?: string }>;

const heldOf = async (lines: readonly string[]): Promise<readonly Held[]> =>
  (await runOnRows(main, lines, ["--json"])).printed.map((line) => JSON.parse(line) as Held);

describe("published runs of other objectives", () => {
  test("each has a name of its own, an objective, an address, where its figure stands and how it was read", () => {
    expect(new Set(ROWS.map(({ id }) => id)).size).toBe(ROWS.length);
    for (const { id, objective, source, source_ref, verification } of ROWS) {
      expect(objective, id).toMatch(/^(dpo|grpo)$/);
      expect(sourceUrl(source), id).toMatch(/^https:/);
      expect(source_ref.length * verification.length, id).toBeGreaterThan(0);
    }
  });

  test("eight and more are held, those of exact tokens within half a percent; the others are of a TRL that is not counted", async () => {
    const all = await heldOf(LINES);
    expect(all).toHaveLength(ROWS.length);
    const held = all.filter(({ errorFraction }) => errorFraction !== undefined);
    expect(held.length).toBeGreaterThanOrEqual(8);
    for (const { id, errorFraction = 1, group } of held) {
      expect(group, id).toBe("objectives");
      expect(Math.abs(errorFraction), id).toBeLessThan(0.005);
    }
    for (const { id, notMapped } of all.filter((row) => row.errorFraction === undefined))
      expect(notMapped, id).toMatch(/^(dpo of TRL 1\.5|grpo of TRL 1\.12) is not counted$/);
  });

  test("they are a group of their own: rows beside them keep their figures", async () => {
    const others = goldenLines("measured-runs.jsonl").slice(0, 12);
    const { last } = await runOnRows(main, others, []);
    const { last: lastWith, printed } = await runOnRows(main, [...others, ...LINES], []);
    expect(lastWith).toBe(last);
    expect(printed.find((line) => line.startsWith("Other objectives than SFT: median"))).toMatch(
      / · 16 rows with exact tokens$/,
    );
  });

  test("figures that were left have an address and a reason", () => {
    for (const { source, what, why } of notUsedObjectiveRuns) {
      expect(sourceUrl(source), source).toMatch(/^https:/);
      expect(what.length * why.length, source).toBeGreaterThan(0);
    }
  });
});

describe("a row's objective", () => {
  const RUN = { objective: "dpo", framework: "TRL 1.8", seq_len: 300, seq_len_kind: "cap" } as MeasuredRun;

  test.each([
    ["dpo", "TRL 1.16.0", "trl"],
    ["dpo", "TRL 1.8.2, torch 2.9", "trl-1.14"],
    ["grpo", "trl v1.9.2", "trl-1.9"],
    ["kto", "TRL 1.15", "trl"],
  ] as const)("%s of %s has the code of stack %s", (objective, framework, stack) => {
    expect(objectiveStack({ objective, framework })).toBe(stack);
  });

  test.each([
    ["dpo", "TRL 1.5", "dpo of TRL 1.5 is not counted"],
    ["grpo", "TRL 1.12", "grpo of TRL 1.12 is not counted"],
    ["kto", "TRL 1.14", "kto of TRL 1.14 is not counted"],
    ["orpo", "Unsloth 2026.1", "its source names no version of TRL, and trains for orpo"],
  ] as const)("%s of %s is left out: %s", (objective, framework, why) => {
    const stack = objectiveStack({ objective, framework });
    expect(typeof stack !== "string" && isNotMapped(stack) && stack.why).toBe(why);
  });

  test("what its row does not say is as in a link; of prompt and completion one makes the other", () => {
    expect(runObjective(RUN)).toEqual({ objective: "dpo", ref: null, prompt: null, beta: 0, kl: true });
    expect(runObjective({ ...RUN, prompt: 100 }).prompt).toBe(100);
    expect(runObjective({ ...RUN, completion: 120 }).prompt).toBe(180);
    expect(runObjective({ ...RUN, seq_len: null, completion: 120 }).prompt).toBeNull();
    expect(runObjective({ ...RUN, ref: "copy", beta: 0.1, kl: false })).toMatchObject({
      ref: "copy",
      beta: 0.1,
      kl: false,
    });
    expect(runObjective({ ...RUN, objective: undefined }).objective).toBe("sft");
  });

  test("decides its group, whatever is known of its tokens", () => {
    expect(runGroup(RUN)).toBe("objectives");
    expect(runGroup({ ...RUN, objective: "sft" })).toBe("cap");
  });

  test("that is none is named", async () => {
    const odd = JSON.stringify({ ...(JSON.parse(LINES[0] ?? "") as MeasuredRun), id: "odd", objective: "ppo" });
    const { printed } = await runOnRows(main, [...LINES, odd], []);
    expect(printed).toContain('  odd  its objective is "ppo", not an objective');
  });
});
