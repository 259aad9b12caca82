import { expect, test } from "vitest";
import { bytes, GIB } from "#calc/base/bytes.ts";
import { DEFAULT_ALLOCATOR_SETTINGS } from "#calc/allocator/allocator.ts";
import { replay } from "#calc/allocator/replay.ts";
import { FRAMEWORK_INPUTS } from "#calc/card/fit.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { longestContext } from "../../tools/terminal/accuracy/longest-context.ts";
import { loraMethod, qloraMethod, scenario } from "../calc/scenario.ts";

const AVAILABLE = bytes(24 * GIB);
const LIMIT = AVAILABLE - FRAMEWORK_INPUTS.contextGib * GIB;

const goesOn = (of: Scenario): boolean => {
  const run = ENGINE.allocatorRun(of);
  if (run === null) throw new Error("one GPU has a run");
  return replay(run, { ...DEFAULT_ALLOCATOR_SETTINGS, limitBytes: LIMIT }).outOfMemory === null;
};
const onCardOf = (of: Scenario): number => estimated(ENGINE.estimate(of)).onCardBytes;

test("is the longest that the allocator goes on with: one token more is out of memory", () => {
  const of = scenario({ method: loraMethod({ r: 16 }) });
  const tokens = longestContext(of, AVAILABLE);
  expect(goesOn({ ...of, sequence_length: tokens })).toBe(true);
  expect(goesOn({ ...of, sequence_length: tokens + 1 })).toBe(false);
});

test("where there is nothing to replay it is the longest of which what must be on the card is there", () => {
  const of = scenario({ method: qloraMethod({ quantization: { kind: "gptq" } }) });
  const tokens = longestContext(of, AVAILABLE);
  expect(onCardOf({ ...of, sequence_length: tokens })).toBeLessThanOrEqual(AVAILABLE);
  expect(onCardOf({ ...of, sequence_length: tokens + 1 })).toBeGreaterThan(AVAILABLE);
});

test("is 0 where the model alone does not fit", () => {
  expect(longestContext(scenario({ method: { kind: "full" } }), AVAILABLE)).toBe(0);
});
