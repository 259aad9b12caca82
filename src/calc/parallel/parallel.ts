import type { AskedDivision, CheckedDivision } from "#calc/model/asked-division.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Holdings, StepInput } from "#calc/step/holdings.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { ModelHooks } from "#calc/modules/model-hooks.ts";
import type { Tape } from "#calc/tape/tape.ts";

/** What one of several GPUs, or one that has a host to help it, holds and does. */
export type Parallel = Readonly<{
  holdings: (input: StepInput) => Holdings;
  tapeOptions: (scenario: Scenario, machine: Machine) => StepOptions;
  hooks: (tape: Tape, options: StepOptions) => ModelHooks | null;
  divide: (asked: AskedDivision, architecture: Architecture) => CheckedDivision;
  /** The scenarios of what the stages of a pipeline are in, unless one is asked for in particular. */
  states: (scenario: Scenario) => readonly Scenario[];
  /** The state in which a stage ends the step. */
  atEnd: (scenario: Scenario) => Scenario;
  /** The scenario of one rank of those that divide a model. */
  ofRank: (scenario: Scenario) => Scenario;
}>;

const LOADED: Parallel[] = [];

/** Makes sharding and offloading known. */
export const addParallel = (parallel: Parallel): void => void LOADED.push(parallel);

/** One GPU shares with nobody: every strategy is none. */
export const isAlone = ({ gpus, sharding, offload, division }: Scenario): boolean =>
  (gpus === 1 || sharding === "none") && offload === "none" && division === undefined;

/** What happens around the modules of a run; null where nothing is gathered. */
export const parallelHooks = (tape: Tape, options: StepOptions): ModelHooks | null =>
  LOADED[0]?.hooks(tape, options) ?? null;

/**
 * How several GPUs, or a GPU and its host, share the work; undefined for a GPU alone. It comes with `all-strategies.ts`, which the page loads before a
 * link or a control asks for more than one GPU; without it every GPU holds everything.
 */
export const parallelOf = (scenario: Scenario): Parallel | undefined => (isAlone(scenario) ? undefined : LOADED[0]);

/** What one of several GPUs runs of a model that they divide: its part of the matrices, tokens and layers, among as many ranks as share the rest. */
export const scenarioOfRank = (scenario: Scenario): Scenario => parallelOf(scenario)?.ofRank(scenario) ?? scenario;

/** How several GPUs divide a model that they are asked to divide. */
export const dividedBy = (asked: AskedDivision, architecture: Architecture): CheckedDivision =>
  LOADED[0]?.divide(asked, architecture) ?? { refused: [] };

/** The state in which a stage ends the step that it is in, by the optimizer's step. */
export const stateAtEndOf = (scenario: Scenario): Scenario => parallelOf(scenario)?.atEnd(scenario) ?? scenario;

/** What the stages of a pipeline are in, unless one is asked for in particular; none where layers are not divided. */
export const pipelineStatesOf = (scenario: Scenario): readonly Scenario[] =>
  parallelOf(scenario)?.states(scenario) ?? [];
