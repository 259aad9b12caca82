import type { StepOptions } from "#calc/model/options/step-options.ts";
import { bytesPerParameter } from "#calc/base/dtype.ts";
import type { Machine } from "#calc/base/machine.ts";
import { adapterFormat } from "#calc/parameters/weights/adapter-format.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ELEMENT_BYTES } from "#calc/base/element.ts";
import type { Code } from "./code.ts";
import { stepOptionsOf } from "./step-options.ts";
import { strategyOf } from "./strategy-of.ts";
import type { Workings } from "./workings.ts";

/** A gradient's bytes in the type that the scenario wants it in, over those of its parameter's, which it has on the tape. */
const gradientShareOf = ({ gradients, method, weights }: Scenario, options: StepOptions): number => {
  const format = gradients ?? (method.kind === "full" ? weights : adapterFormat(method));
  const element = method.kind === "full" ? options.weights : options.adapters;
  return bytesPerParameter(format) / ELEMENT_BYTES[element];
};

/** What the tape runs for a scenario on a GPU that holds everything. */
export const tapeOptionsAlone = (code: Code, scenario: Scenario, machine: Machine): StepOptions => {
  const options = stepOptionsOf(code, scenario, !machine.gradientsAddInPlace);
  const { division } = scenario;
  return { ...options, gradientShare: gradientShareOf(scenario, options), ...(division && { division }) };
};

/** What the tape runs for a scenario on a machine. */
export const tapeOptionsOf = (workings: Workings, scenario: Scenario, machine: Machine): StepOptions =>
  strategyOf(workings, scenario)?.tapeOptions(workings, scenario, machine) ??
  tapeOptionsAlone(workings, scenario, machine);
