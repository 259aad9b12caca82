import type { Machine } from "#calc/base/machine.ts";
import { CUDA } from "#calc/base/machine.ts";
import type { SimulatedMoment } from "#calc/model/simulated-moment.ts";
import { optimizerStates } from "#calc/optimizers/optimizer-memory.ts";
import { optimizerOf } from "#calc/optimizers/optimizer-of.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { totalOf } from "#calc/model/term.ts";
import { trainedTensors } from "#calc/parameters/trained-tensors.ts";
import { stepInputOf } from "./holdings-of.ts";
import { stepOptionsOf } from "./step-options.ts";
import { walk } from "./walk.ts";
import type { Workings } from "./workings.ts";

/**
 * The second step of a run on one GPU, moment by moment: load, forward and backward of each micro step that differs, the optimizer's step,
 * `zero_grad`. Byte for byte what PyTorch's allocator holds, for the families of `families/`; scratch memory of kernels left out.
 */
export const simulateStep = (
  workings: Workings,
  scenario: Scenario,
  machine: Machine = CUDA,
): readonly SimulatedMoment[] => {
  const { base, adapters } = stepInputOf(workings, scenario, machine);
  const trained = trainedTensors(scenario, scenario.method.kind === "full" ? base : adapters);
  const compiled = workings.compiledStep(stepOptionsOf(workings, scenario, !machine.gradientsAddInPlace));
  const { moments, loaded, bytesAt } = walk(compiled, null, scenario);
  const known = optimizerOf(workings.optimizers, scenario.optim);
  const optimizer = optimizerStates(known, { scenario, machine }, trained).bytes;
  const temporaries = known.temporaries(trained).bytes;

  const simulated: SimulatedMoment[] = moments.map(({ id, microStep, liveBytes, peakBytes, peak }) => ({
    id,
    microStep,
    liveBytes: liveBytes + optimizer,
    peakBytes: peakBytes + optimizer,
    terms: { ...bytesAt(peak), optimizer },
  }));
  const last = moments[moments.length - 1];
  if (last === undefined) return [];
  const { microStep } = last;
  const after = { ...bytesAt(last.live), optimizer };
  const liveBytes = last.liveBytes + optimizer;
  const atLoad = bytesAt(loaded);
  const loadedBytes = totalOf(atLoad);
  return [
    { id: "load", microStep: 0, liveBytes: loadedBytes, peakBytes: loadedBytes, terms: atLoad },
    ...simulated,
    {
      id: "step",
      microStep,
      liveBytes,
      peakBytes: liveBytes + temporaries,
      terms: { ...after, workspace: after.workspace + temporaries },
    },
    { id: "zero", microStep, liveBytes: liveBytes - after.gradients, peakBytes: liveBytes, terms: after },
  ];
};
