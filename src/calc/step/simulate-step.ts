import type { Machine } from "#calc/base/machine.ts";
import { CUDA } from "#calc/base/machine.ts";
import { type Bytes, bytes, sum } from "#calc/base/quantity.ts";
import type { Moment } from "#calc/model/memory-estimate.ts";
import { optimizerStates, optimizerTemporaries } from "#calc/optimizers/optimizer-memory.ts";
import { optimizerOf } from "#calc/optimizers/optimizer-of.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { type PerTerm, perTerm } from "#calc/model/term.ts";
import { trainedTensors } from "#calc/parameters/trained-tensors.ts";
import { stepInputOf } from "./holdings-of.ts";
import { stepOptionsOf } from "./step-options.ts";
import { walk } from "./walk.ts";
import type { Workings } from "./workings.ts";

/** On one GPU alone nothing is divided. */
const wholeBytes = (terms: PerTerm<number>): PerTerm<Bytes> => perTerm((id) => bytes(terms[id]));

/**
 * The second step of a run on one GPU, moment by moment: load, forward and backward of each micro step that differs, the optimizer's step, `zero_grad`. The
 * bytes are those that PyTorch's allocator holds, without the scratch memory of kernels, for every model that `families/` knows.
 */
export const simulateStep = (workings: Workings, scenario: Scenario, machine: Machine = CUDA): readonly Moment[] => {
  const { base, adapters } = stepInputOf(workings, scenario, machine);
  const trained = trainedTensors(scenario, scenario.method.kind === "full" ? base : adapters);
  const compiled = workings.compiledStep(stepOptionsOf(workings, scenario, machine));
  const { moments, loaded, bytesAt } = walk(compiled, null, scenario);
  const known = optimizerOf(workings.optimizers, scenario.optim);
  const optimizer = optimizerStates(known, { scenario, machine }, trained).bytes;
  const temporaries = optimizerTemporaries(known, trained).bytes;

  const simulated = moments.map(({ id, live, peak }): Moment => ({
    id,
    liveBytes: bytes(live.bytes + optimizer),
    peakBytes: bytes(peak.bytes + optimizer),
    terms: wholeBytes({ ...bytesAt(peak.point), optimizer }),
  }));
  const last = moments.at(-1);
  if (last === undefined) return [];
  const after = wholeBytes({ ...bytesAt(last.live.point), optimizer });
  const liveBytes = bytes(last.live.bytes + optimizer);
  const atLoad = wholeBytes(bytesAt(loaded));
  const loadedBytes = sum(Object.values(atLoad));
  return [
    { id: "load", liveBytes: loadedBytes, peakBytes: loadedBytes, terms: atLoad },
    ...simulated,
    {
      id: "step",
      liveBytes,
      peakBytes: bytes(liveBytes + temporaries),
      terms: { ...after, workspace: bytes(after.workspace + temporaries) },
    },
    { id: "zero", liveBytes: bytes(liveBytes - after.gradients), peakBytes: liveBytes, terms: after },
  ];
};
