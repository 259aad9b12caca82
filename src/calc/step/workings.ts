import type { Machine } from "#calc/base/machine.ts";
import type { Bytes } from "#calc/base/quantity.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Code } from "./code.ts";
import type { CompiledStep } from "./compiled-step.ts";
import type { BatchShape } from "./sizes-at.ts";
import type { Strategy } from "./strategy.ts";

/** The peak of PyTorch's allocator at a micro batch and a sequence length, in bytes. */
export type PeakFunction = (batch: BatchShape) => Bytes;

/** The insides of an engine, handed down to all that looks something up: the code that it runs, and what it remembers. */
export type Workings = Code &
  Readonly<{
    /** How several GPUs, or a GPU and its host, share the work; null where the engine knows of none. */
    strategy: Strategy | null;
    /** `compileStep`, remembered for a while: a slider that moves batch or length compiles nothing. */
    compiledStep: (options: StepOptions) => CompiledStep;
    /** `makePeakFunction`, remembered for a while. */
    peakFunction: (scenario: Scenario, machine?: Machine) => PeakFunction;
  }>;
