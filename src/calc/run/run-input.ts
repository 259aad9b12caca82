import type { Machine } from "#calc/base/machine.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { AskedRun, RunMoment } from "#calc/model/whole-run.ts";
import type { Workings } from "#calc/step/workings.ts";

/** What the moments of a run are made from. */
export type RunInput = Readonly<{
  workings: Workings;
  /** With as many chunks of the loss as the step has, where that goes by free memory. */
  scenario: Scenario;
  /** As it was asked for: a batch that is evaluated has another number of chunks. */
  unsettled: Scenario;
  /** The answer to the scenario: its step. */
  step: MemoryEstimate;
  asked: AskedRun;
  machine: Machine;
}>;

/** Makes one moment of a run; null where it is not asked for, or nothing happens then. */
export type MakeRunMoment = (input: RunInput) => RunMoment | null;
