import { boundedCache } from "#calc/base/bounded-cache.ts";
import { CUDA } from "#calc/base/machine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { makeRunFunction } from "./allocator-run.ts";
import type { AllocatorScript } from "./allocator-script.ts";
import type { Code } from "./code.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import { compileScript } from "./compile-script.ts";
import { chunkTokensOf, compileStep } from "./compile-step.ts";
import type { CompiledStep } from "./compiled-step.ts";
import { makePeakFunction } from "./peak-function.ts";
import type { Strategy } from "./strategy.ts";
import type { PeakFunction, RunFunction, Workings } from "./workings.ts";

/** The most compiled steps that are remembered, at about 20 kB each. With half as many, a slider dragged back and forth compiles a tenth more. */
const MOST_STEPS = 128;

/** The most scripts of the allocator that are remembered, and functions that make runs of them, at about a megabyte each. */
const MOST_SCRIPTS = 8;

/** The most peak functions that are remembered; each holds a few compiled steps. Twice as many would be found again no more often. */
const MOST_PEAK_FUNCTIONS = 64;

/** How many chunks a loss has is a size: the step has the same shape with any number. */
const inOneChunk = (options: StepOptions): StepOptions =>
  options.loss.kind === "chunked" ? { ...options, loss: { ...options.loss, chunks: 1 } } : options;

const withChunksOf = (options: StepOptions, step: CompiledStep): CompiledStep => ({
  ...step,
  chunkTokens: chunkTokensOf(options),
  host: step.host && withChunksOf(options, step.host),
});

/** Creates the insides of an engine from the code that it knows. Each engine has caches of its own, which go with it. */
export const createWorkings = (code: Code, strategy: Strategy | null): Workings => {
  const steps = boundedCache<Architecture, CompiledStep>(MOST_STEPS);
  const scripts = boundedCache<Architecture, AllocatorScript>(MOST_SCRIPTS);
  const runs = boundedCache<Architecture, RunFunction>(MOST_SCRIPTS);
  const peaks = boundedCache<Architecture, PeakFunction>(MOST_PEAK_FUNCTIONS);
  const workings: Workings = {
    ...code,
    strategy,
    compiledStep: (options) => {
      const { architecture, ...rest } = inOneChunk(options);
      const step = steps(architecture, JSON.stringify(rest), () => compileStep(workings, { ...rest, architecture }));
      return options.loss.kind === "chunked" ? withChunksOf(options, step) : step;
    },
    allocatorScript: (options) => {
      const { architecture, ...rest } = inOneChunk(options);
      return scripts(architecture, JSON.stringify(rest), () => compileScript(workings, { ...rest, architecture }));
    },
    runFunction: (scenario, machine = CUDA) => {
      const { architecture } = scenario;
      const rest = {
        ...scenario,
        architecture: null,
        micro_batch_size: 0,
        sequence_length: 0,
        allocator: null,
        machine,
      };
      return runs(architecture, JSON.stringify(rest), () => makeRunFunction(workings, scenario, machine));
    },
    peakFunction: (scenario, machine = CUDA) => {
      const { architecture } = scenario;
      // Nothing of a peak follows from these.
      const apart = { architecture: null, micro_batch_size: 0, sequence_length: 0, lengths: null, allocator: null };
      const rest = { ...scenario, ...apart, machine };
      return peaks(architecture, JSON.stringify(rest), () => makePeakFunction(workings, scenario, machine));
    },
  };
  return workings;
};
