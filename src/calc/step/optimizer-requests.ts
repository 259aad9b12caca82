import { optimizerStates, optimizerTemporaries } from "#calc/optimizers/optimizer-memory.ts";
import type { Machine } from "#calc/base/machine.ts";
import { onceForEach } from "#calc/base/once-for-each.ts";
import type { Optimizer } from "#calc/optimizers/optimizer.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { TrainedTensor } from "#calc/parameters/trained-tensor.ts";

/** What an optimizer asks of the allocator: bytes of each request, in order. */
export type OptimizerRequests = Readonly<{
  /** In the first step. They stay. */
  states: readonly number[];
  /** In every step: each list is there at once, and gone before the next. */
  temporaries: readonly (readonly number[])[];
  /** The same, when gradients and what else is left of backward are gone. */
  afterGradients: readonly (readonly number[])[];
}>;

type Stepped = Readonly<{
  scenario: Scenario;
  machine: Machine;
  optimizer: Optimizer;
  /** One by one, in the order in which the optimizer goes through them. */
  tensors: readonly TrainedTensor[];
}>;

/**
 * The requests of an optimizer's step. Where temporaries of all tensors are as many bytes as those of each, all are there at once (`torch._foreach_sqrt`);
 * else one tensor's at a time.
 */
export const optimizerRequests = ({ scenario, machine, optimizer, tensors }: Stepped): OptimizerRequests => {
  const { statesEach = 1 } = optimizer;
  const statesOf = onceForEach((tensor: TrainedTensor): readonly number[] => {
    const own = tensor.withoutGradient ? 0 : optimizer.states([tensor]).bytes;
    // A step counter, or a copy of the weight.
    const beside = optimizerStates(optimizer, { scenario, machine }, [tensor]).bytes - own;
    const ofStates = Array.from({ length: tensor.withoutGradient ? 0 : statesEach }, () => own / statesEach);
    return [...(beside > 0 ? [beside] : []), ...ofStates];
  });
  const temporaryOf = onceForEach((tensor: TrainedTensor): number => optimizerTemporaries(optimizer, [tensor]).bytes);
  const states = tensors.flatMap(statesOf);
  const each = tensors.map(temporaryOf).filter((bytes) => bytes > 0);
  const atOnce = each.reduce((sum, bytes) => sum + bytes, 0) === optimizerTemporaries(optimizer, tensors).bytes;
  return { states, temporaries: atOnce ? [each] : each.map((bytes) => [bytes]), afterGradients: [] };
};
