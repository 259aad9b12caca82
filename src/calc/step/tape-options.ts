import { bytesPerParameter } from "#calc/dtype.ts";
import type { Machine } from "#calc/machine.ts";
import { parallelOf } from "#calc/parallel/parallel.ts";
import { adapterFormat } from "#calc/weights/adapter-format.ts";
import type { Scenario } from "#calc/scenario.ts";
import { ELEMENT_BYTES } from "#calc/tape/element.ts";
import { type StepOptions, stepOptionsOf } from "./step-options.ts";

/** A gradient's bytes in the type that the scenario wants it in, over those of its parameter's, which it has on the tape. */
const gradientShareOf = ({ gradients, method, weights }: Scenario, options: StepOptions): number => {
  const format = gradients ?? (method.kind === "full" ? weights : adapterFormat(method));
  const element = method.kind === "full" ? options.weights : options.adapters;
  return bytesPerParameter(format) / ELEMENT_BYTES[element];
};

/** What the tape runs for a scenario on a GPU that holds everything. */
export const tapeOptionsAlone = (scenario: Scenario, machine: Machine): StepOptions => {
  const options = stepOptionsOf(scenario, !machine.gradientsAddInPlace);
  const { division } = scenario;
  return { ...options, gradientShare: gradientShareOf(scenario, options), ...(division && { division }) };
};

/** What the tape runs for a scenario on a machine. */
export const tapeOptionsOf = (scenario: Scenario, machine: Machine): StepOptions =>
  parallelOf(scenario)?.tapeOptions(scenario, machine) ?? tapeOptionsAlone(scenario, machine);
