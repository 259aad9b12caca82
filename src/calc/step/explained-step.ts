import { adapterTensors } from "#calc/count/adapter-tensors.ts";
import { baseTensors } from "#calc/count/base-tensors.ts";
import type { TensorGroup } from "#calc/count/tensor-group.ts";
import { hasForward } from "#calc/families/forward/forward-of.ts";
import { layoutOf } from "#calc/families/layout-of.ts";
import type { ModelLayout } from "#calc/families/model-layout.ts";
import type { Machine } from "#calc/machine.ts";
import type { MemoryEstimate } from "#calc/memory-estimate.ts";
import type { Scenario } from "#calc/scenario.ts";
import type { CompiledStep } from "./compile-step.ts";
import { compiledStep } from "./compiled-step.ts";
import type { Holdings } from "./holdings.ts";
import type { StepOptions } from "./step-options.ts";
import { tapeOptionsOf } from "./tape-options.ts";
import { holdingsOf } from "./training-step.ts";

/** A training step to be explained: the tape's part of it compiled, what stands beside the tape, and the answer that it explains. */
export type ExplainedStep = Readonly<{
  scenario: Scenario;
  machine: Machine;
  /** Its moments outside forward and backward are taken as they are. */
  estimate: MemoryEstimate;
  layout: ModelLayout;
  base: readonly TensorGroup[];
  adapters: readonly TensorGroup[];
  holdings: Holdings;
  options: StepOptions;
  compiled: CompiledStep;
}>;

/**
 * The step of a scenario, to be explained. Null where no step is run: under the flat accounting, and for an architecture that its modelling code
 * could not run either.
 */
export const explainedStep = (scenario: Scenario, estimate: MemoryEstimate, machine: Machine): ExplainedStep | null => {
  const { architecture, method, accounting } = scenario;
  if (accounting === "bytes-per-parameter" || !hasForward(architecture)) return null;
  const layout = layoutOf(architecture);
  const base = baseTensors(layout);
  const adapters = method.kind === "full" ? [] : adapterTensors(layout, method.lora);
  const holdings = holdingsOf({ scenario, machine, layout, base, adapters });
  const options = tapeOptionsOf(scenario, machine, holdings.gradientShards);
  try {
    const compiled = compiledStep(options);
    return { scenario, machine, estimate, layout, base, adapters, holdings, options, compiled };
  } catch {
    return null;
  }
};
