import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { boundedCache } from "#calc/base/bounded-cache.ts";
import type { CompiledStep } from "./compile-step.ts";
import { compileStep } from "./compile-step.ts";

/** Steps kept in all, at about 20 kB each. */
const MOST_KEPT = 256;

const compiledSteps = boundedCache<Architecture, CompiledStep>(MOST_KEPT);

/** `compileStep`, remembered for a while: a slider that moves batch or length compiles nothing. */
export const compiledStep = (options: StepOptions): CompiledStep => {
  const { architecture, ...rest } = options;
  return compiledSteps(architecture, JSON.stringify(rest), () => compileStep(options));
};
