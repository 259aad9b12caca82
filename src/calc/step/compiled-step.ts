import type { Architecture } from "#calc/architecture.ts";
import type { CompiledStep } from "./compile-step.ts";
import { compileStep } from "./compile-step.ts";
import type { StepOptions } from "./step-options.ts";

/** Steps kept in all, at about 0.3 MB each: a slider of ranks, with advice on each, would otherwise pile up thousands. */
const MOST_KEPT = 256;

let compiledSteps = new WeakMap<Architecture, Map<string, CompiledStep>>();
let kept = 0;

const keep = (architecture: Architecture, key: string, compiled: CompiledStep): void => {
  if (kept >= MOST_KEPT) {
    compiledSteps = new WeakMap();
    kept = 0;
  }
  const ofArchitecture = compiledSteps.get(architecture) ?? new Map<string, CompiledStep>();
  compiledSteps.set(architecture, ofArchitecture.set(key, compiled));
  kept += 1;
};

/** `compileStep`, remembered for a while: a slider that moves batch or length compiles nothing. */
export const compiledStep = (options: StepOptions): CompiledStep => {
  const { architecture, ...rest } = options;
  const key = JSON.stringify(rest);
  const known = compiledSteps.get(architecture)?.get(key);
  if (known !== undefined) return known;
  const compiled = compileStep(options);
  keep(architecture, key, compiled);
  return compiled;
};
