import type { AllocatorRun } from "#calc/allocator/allocator.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";

/** The run of a scenario that has one. */
export const runOf = (of: Scenario): AllocatorRun => {
  const run = ENGINE.allocatorRun(of);
  if (run === null) throw new Error("There is no run.");
  return run;
};

/** The most that is allocated at once, as the estimate has it. */
export const peakOf = (of: Scenario): number => estimated(ENGINE.estimate(of)).peakBytes;
