// Inside of an engine (code and caches), and what its strategy says of a scenario, a rank and a stage.

import type { AllocatorRun } from "#calc/allocator/allocator.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { Bytes } from "#calc/base/bytes.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { AllocatorScript } from "./allocator-script.ts";
import type { Code, Strategy } from "./strategy.ts";
import type { CompiledStep } from "./program.ts";
import type { BatchShape } from "./batch-shape.ts";
import { assert } from "#calc/base/guards.ts";
import { needsNoStrategy } from "#calc/model/division.ts";
import type { ModelHooks } from "#calc/modules/forward.ts";
import type { Tape } from "#calc/tape/tape.ts";

/** The peak of PyTorch's allocator, in bytes, as a function of micro batch and sequence length. */
export type PeakFunction = (batch: BatchShape) => Bytes;

/** What PyTorch's allocator is asked for in a run, as a function of micro batch and sequence length; null where that is not known. */
export type RunFunction = (batch: BatchShape) => AllocatorRun | null;

/** The insides of an engine, which its functions take as an argument: the code that it knows, and its caches. */
export type Workings = Code &
  Readonly<{
    /** How several GPUs, or a GPU and its host, share the work; null where the engine knows no such strategy. */
    strategy: Strategy | null;
    /** `compileStep` behind a cache: a slider that moves batch or length compiles nothing. */
    compiledStep: (options: StepOptions) => CompiledStep;
    /** `compileScript` behind a cache. */
    allocatorScript: (options: StepOptions) => AllocatorScript;
    /** `makeRunFunction` behind a cache. */
    runFunction: (scenario: Scenario, machine?: Machine) => RunFunction;
    /** `makePeakFunction` behind a cache. */
    peakFunction: (scenario: Scenario, machine?: Machine) => PeakFunction;
  }>;

/**
 * The strategy by which several GPUs, or a GPU and its host, share the work; null for a GPU alone.
 *
 * @throws Error when the engine was created without a strategy; `estimate` refuses such a scenario earlier
 */
export const strategyOf = ({ strategy }: Workings, scenario: Scenario): Strategy | null => {
  if (needsNoStrategy(scenario)) return null;
  assert(strategy !== null, "somebody knows how several GPUs share the work");
  return strategy;
};

/** What a rank does around the modules of a run; null where it does nothing. */
export const rankHooks = (workings: Workings, tape: Tape, options: StepOptions): ModelHooks | null =>
  workings.strategy?.hooks(workings, tape, options) ?? null;

/** What a rank does around the modules of the policy's copy; null where it does nothing. */
export const rankHooksOfCopy = (workings: Workings, tape: Tape, options: StepOptions): ModelHooks | null =>
  workings.strategy?.hooksOfCopy(tape, options) ?? null;

/** The scenario of one rank where several divide a model: its part of matrices, tokens and layers. Its `gpus` are the ranks that have the same part. */
export const scenarioOfRank = (workings: Workings, scenario: Scenario): Scenario =>
  strategyOf(workings, scenario)?.ofRank(workings.families, scenario, (each) => workings.peakFunction(each)(each)) ??
  scenario;

/** The scenario in the state in which a stage ends the step; the same where there is no pipeline. */
export const stateAtEndOf = (workings: Workings, scenario: Scenario): Scenario =>
  strategyOf(workings, scenario)?.atEnd(scenario) ?? scenario;

/** A scenario for each state of each stage of a pipeline; none without a pipeline, or where the scenario already names a state. */
export const pipelineStatesOf = (workings: Workings, scenario: Scenario): readonly Scenario[] =>
  strategyOf(workings, scenario)?.states(scenario) ?? [];
