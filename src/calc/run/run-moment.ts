// Input and maker of a moment of a run, and caches by loaded model.

import { boundedCache, onceForEach } from "#calc/base/caches.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { RunMoment, AskedRun } from "#calc/model/whole-run.ts";
import type { Workings } from "#calc/step/workings.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";

/** The most that is remembered of one kind for each engine: advice tries hundreds of changes, of which few change how a model is loaded. */
const MOST = 16;

/** How a model is loaded follows from none of these. */
const OF_STEP = {
  architecture: null,
  micro_batch_size: 0,
  sequence_length: 0,
  gradient_accumulation_steps: 0,
  gradient_checkpointing: false,
  selective: null,
  checkpointsOffloaded: false,
  savedTensorsOffloaded: false,
  reentrant: null,
  lengths: null,
  allocator: null,
  loss: null,
  usableBytes: null,
} as const;

type Remember<Value extends object> = (architecture: Architecture, text: string, make: () => Value) => Value;

/** What is made of a model as it is loaded, made once for all steps of it. */
export const cachedByLoadedModel = <Value extends object>(
  make: (workings: Workings, scenario: Scenario, machine: Machine) => Value,
): ((workings: Workings, scenario: Scenario, machine: Machine) => Value) => {
  const caches = onceForEach<Workings, Remember<Value>>(() => boundedCache(MOST));
  return (workings, scenario, machine) =>
    caches(workings)(scenario.architecture, JSON.stringify([{ ...scenario, ...OF_STEP }, machine]), () =>
      make(workings, scenario, machine),
    );
};

/** A moment before the first step, which follows from the model and from how it is loaded: made once for all steps. */
export const cachedBeforeSteps = (make: MakeRunMoment): MakeRunMoment => {
  const caches = onceForEach<Workings, Remember<Readonly<{ moment: RunMoment | null }>>>(() => boundedCache(MOST));
  return (input) => {
    const { workings, scenario, machine, asked } = input;
    const key = JSON.stringify([{ ...scenario, ...OF_STEP }, machine, asked.loading]);
    return caches(workings)(scenario.architecture, key, () => ({ moment: make(input) })).moment;
  };
};

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
