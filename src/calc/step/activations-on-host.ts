import type { Machine } from "#calc/base/machine.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { compiledStep } from "./compiled-step.ts";
import { evaluateStep } from "./evaluate-step.ts";
import { tapeOptionsOf } from "./tape-options.ts";

/** The most bytes that activations take in host memory at any moment of a step; 0 where none go there. As `estimateMemory` for throws. */
export const activationsOnHost = (scenario: Scenario, machine: Machine): number => {
  if (!scenario.checkpointsOffloaded && !scenario.savedTensorsOffloaded) return 0;
  const { host } = compiledStep(tapeOptionsOf(scenario, machine));
  return host === null ? 0 : Math.max(...evaluateStep(host, scenario).moments.map(({ peakBytes }) => peakBytes));
};
