import type { AllocatorRun } from "#calc/allocator/allocator.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { Bytes } from "#calc/base/quantity.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { AllocatorScript } from "./allocator-script.ts";
import type { Code, Strategy } from "./strategy.ts";
import type { CompiledStep } from "./standing-terms.ts";
import type { BatchShape } from "./sizes-at.ts";

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
