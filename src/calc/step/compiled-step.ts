import type { Architecture } from "#calc/architecture.ts";
import type { CompiledStep } from "./compile-step.ts";
import { compileStep } from "./compile-step.ts";
import type { StepOptions } from "./step-options.ts";

/** Steps kept for an architecture: a slider of ranks, with advice on each, would otherwise pile up thousands. */
const MOST_KEPT = 256;

const COMPILED = new WeakMap<Architecture, Map<string, CompiledStep>>();

/** `compileStep`, remembered as long as the architecture is: a slider that moves batch or length compiles nothing. */
export const compiledStep = (options: StepOptions): CompiledStep => {
  const { architecture, ...rest } = options;
  const ofArchitecture = COMPILED.get(architecture) ?? new Map<string, CompiledStep>();
  COMPILED.set(architecture, ofArchitecture);
  const key = JSON.stringify(rest);
  const known = ofArchitecture.get(key);
  if (known !== undefined) return known;
  const compiled = compileStep(options);
  if (ofArchitecture.size >= MOST_KEPT) ofArchitecture.clear();
  ofArchitecture.set(key, compiled);
  return compiled;
};
