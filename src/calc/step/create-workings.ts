import { boundedCache } from "#calc/base/bounded-cache.ts";
import { CUDA } from "#calc/base/machine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Code } from "./code.ts";
import { compileStep } from "./compile-step.ts";
import type { CompiledStep } from "./compiled-step.ts";
import { makePeakFunction } from "./peak-function.ts";
import type { Strategy } from "./strategy.ts";
import type { PeakFunction, Workings } from "./workings.ts";

/** Steps kept in all, at about 20 kB each: with half as many, a slider that is dragged there and back has a tenth more to compile. */
const MOST_STEPS = 128;

/** Functions kept in all; each holds a few steps on paper. Twice as many are found again no more often. */
const MOST_PEAK_FUNCTIONS = 64;

/** The insides of an engine, made of the code that it knows. What it remembers is its own, and goes with it. */
export const createWorkings = (code: Code, strategy: Strategy | null): Workings => {
  const steps = boundedCache<Architecture, CompiledStep>(MOST_STEPS);
  const peaks = boundedCache<Architecture, PeakFunction>(MOST_PEAK_FUNCTIONS);
  const workings: Workings = {
    ...code,
    strategy,
    compiledStep: (options) => {
      const { architecture, ...rest } = options;
      return steps(architecture, JSON.stringify(rest), () => compileStep(workings, options));
    },
    peakFunction: (scenario, machine = CUDA) => {
      const { architecture } = scenario;
      const rest = { ...scenario, architecture: null, micro_batch_size: 0, sequence_length: 0, machine };
      return peaks(architecture, JSON.stringify(rest), () => makePeakFunction(workings, scenario, machine));
    },
  };
  return workings;
};
