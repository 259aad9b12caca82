import type { Machine } from "#calc/base/machine.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { tapeOptionsOf } from "./tape-options.ts";
import { walk } from "./walk.ts";
import type { Workings } from "./workings.ts";

/** The most bytes that activations take in host memory at any point of a step; 0 where none are offloaded. Throws where `estimate` does. */
export const activationsOnHost = (workings: Workings, scenario: Scenario, machine: Machine): number => {
  if (!scenario.checkpointsOffloaded && !scenario.savedTensorsOffloaded) return 0;
  const { host } = workings.compiledStep(tapeOptionsOf(workings, scenario, machine));
  return host === null ? 0 : Math.max(...walk(host, null, scenario).moments.map(({ peak }) => peak.bytes));
};
