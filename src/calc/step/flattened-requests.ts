import type { Machine } from "#calc/base/machine.ts";
import type { Optimizer } from "#calc/optimizers/optimizer.ts";
import { trainedTensors } from "#calc/parameters/trained-tensors.ts";
import { gradientSlices } from "./gradient-slices.ts";
import type { Holdings } from "./holdings.ts";
import { optimizerRequests, type OptimizerRequests } from "./optimizer-requests.ts";

const COMPUTE_BYTES = 2;
const FP32_BYTES = 4;
const FP64_BYTES = 8;

type Run = Readonly<{
  holdings: Holdings;
  machine: Machine;
  optimizer: Optimizer;
  layersOf: (kind: string) => number;
}>;

/** What a GPU asks for beside the tape: before the first step, to stay, and by the optimizer. */
export type RequestsBeside = Readonly<{ held: readonly number[]; optimizer: OptimizerRequests }>;

/**
 * What a rank of DeepSpeed's stages 1 and 2 asks for beside frozen parameters and gradients. Trained parameters of a parameter group are one flat tensor; the
 * rank's part of it is kept in fp32, too; the optimizer's states are of that.
 *
 * The optimizer's step: the norm of each gradient in fp64, one by one. Then group by group: the gradients of the rank's part in one flat copy, that in fp32,
 * and the optimizer's own beside it. The buffer of 16-bit gradients is there until the last group has been copied.
 *
 * @see deepspeed/runtime/zero/stage_1_and_2.py (0.19), `__init__`, `get_flat_partition`, `get_grad_norm_direct`, `step`
 */
export const flattenedRequests = ({ holdings, machine, optimizer, layersOf }: Run): RequestsBeside => {
  const { scenario, base, adapters, states } = holdings.kept;
  const trained = scenario.method.kind === "full" ? base : adapters;
  const updates = trainedTensors(scenario, states).map((part) => {
    // The copy in fp32 is there before the first step.
    const own = { ...scenario, masterWeightBytes: 0 };
    const requests = optimizerRequests({ scenario: own, machine, optimizer, tensors: [part] });
    return { ...requests, flat: part.elements * COMPUTE_BYTES, copy: part.elements * FP32_BYTES };
  });
  const norms = gradientSlices(trained, { parts: states, layersOf });
  const inTurn = updates.flatMap(({ flat, copy, temporaries }) => [
    [flat, copy],
    [copy, ...temporaries.flat()],
  ]);
  return {
    held: [...updates.map(({ flat }) => flat * scenario.gpus), ...updates.map(({ copy }) => copy)],
    optimizer: {
      states: updates.flatMap((update) => update.states),
      temporaries: [...norms.map((elements) => [elements * FP64_BYTES]), ...inTurn.slice(0, -1)],
      afterGradients: inTurn.slice(-1),
    },
  };
};
