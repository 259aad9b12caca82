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

/** Shares are multiples of this, so that the bytes of blocks are of 2^-9 B, and sums of up to 2^44 B exact in whatever order they are made. */
const SHARE_STEP = 2 ** -18;

/** The width of a gradient's type in the scenario, divided by its width on the tape, where it has its parameter's type. */
const gradientShareOf = ({ gradients, method, weights }: Scenario, options: StepOptions): number => {
  const format = gradients ?? (method.kind === "full" ? weights : adapterFormat(method));
  const element = method.kind === "full" ? options.weights : options.adapters;
  return Math.round(bytesPerParameter(format) / ELEMENT_BYTES[element] / SHARE_STEP) * SHARE_STEP;
};

/** The options with which the tape runs a scenario on a GPU that holds everything. */
export const tapeOptionsAlone = (code: Code, scenario: Scenario, machine: Machine): StepOptions => {
  const options = stepOptionsOf(code, scenario, machine);
  const { division } = scenario;
  return { ...options, gradientShare: gradientShareOf(scenario, options), ...(division && { division }) };
};

/** The options with which the tape runs a scenario on a machine. */
export const tapeOptionsOf = (workings: Workings, scenario: Scenario, machine: Machine): StepOptions =>
  strategyOf(workings, scenario)?.tapeOptions(workings, scenario, machine) ??
  tapeOptionsAlone(workings, scenario, machine);
