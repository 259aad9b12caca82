import { expect, test } from "vitest";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { AskedRun, WholeRun } from "#calc/model/whole-run.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { wholeRun } from "#calc/whole-run.ts";
import { loraMethod, scenario } from "../scenario.ts";

const SAVES: AskedRun = { evaluation: null, loading: "none", saving: "full", merge: "none", resumes: false };

const runOf = (each: Scenario, asked: AskedRun): WholeRun =>
  wholeRun(ENGINE, { scenario: each, step: estimated(ENGINE.estimate(each)), asked });

test("a run is made once for all who ask it", () => {
  const each = scenario({ method: loraMethod() });
  expect(runOf({ ...each }, { ...SAVES })).toBe(runOf(each, SAVES));
});

test("another scenario, or another moment, is another run", () => {
  const each = scenario({ method: loraMethod() });
  const run = runOf(each, SAVES);
  expect(runOf({ ...each, micro_batch_size: each.micro_batch_size + 1 }, SAVES).peakBytes).not.toBe(run.peakBytes);
  expect(runOf(each, { ...SAVES, merge: "unload" }).moments.map(({ id }) => id)).toEqual(["step", "save", "merge"]);
});
