import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { type Amount, NOTHING, plus, product } from "#calc/base/formula/amount.ts";
import { constant, counted, setting } from "#calc/base/formula/inputs.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { elementwise } from "#calc/parameters/elementwise.ts";
import type { TrainedTensor } from "#calc/parameters/trained-tensor.ts";
import type { Optimizer } from "./optimizer.ts";

/** The tensors that an optimizer steps: it passes by those without a gradient. @see torch/optim/adam.py, `_init_group` */
const withGradients = (tensors: readonly TrainedTensor[]): readonly TrainedTensor[] =>
  tensors.some(({ withoutGradient }) => withoutGradient)
    ? tensors.filter(({ withoutGradient }) => !withoutGradient)
    : tensors;

/** The tensors that a step of the optimizer makes and frees. */
export const optimizerTemporaries = (optimizer: Optimizer, tensors: readonly TrainedTensor[]): Amount =>
  optimizer.temporaries(withGradients(tensors));

/** One fp32 scalar for each trained tensor, where the optimizer keeps its counter on the device. */
const stepCounters = (scenario: Scenario, machine: Machine, tensors: readonly TrainedTensor[]): Amount => {
  if (scenario.optim !== machine.stepCountersOnDevice) return NOTHING;
  const count = tensors.reduce((total, tensor) => total + tensor.count, 0);
  return {
    bytes: count * BLOCK_BYTES,
    formula: product(counted("trained tensors", count), constant("bytes per step counter", BLOCK_BYTES)),
  };
};

const flatStates = (tensors: readonly TrainedTensor[], bytesEach: number): Amount => {
  const parameters = tensors.reduce((total, tensor) => total + tensor.elements * tensor.count, 0);
  return {
    bytes: Math.ceil(parameters * bytesEach),
    formula: product(counted("trained parameters", parameters), setting("bytes of all states", bytesEach)),
  };
};

/**
 * What the optimizer keeps: its states (or, where the scenario states bytes for each parameter, those), step counters and fp32 master
 * copies of trained weights.
 */
export const optimizerStates = (
  optimizer: Optimizer,
  { scenario, machine }: Readonly<{ scenario: Scenario; machine: Machine }>,
  tensors: readonly TrainedTensor[],
): Amount => {
  const stepped = withGradients(tensors);
  const states =
    typeof scenario.optimizerStates === "number"
      ? flatStates(tensors, scenario.optimizerStates)
      : plus(optimizer.states(stepped), stepCounters(scenario, machine, stepped));
  const masters =
    scenario.masterWeightBytes === 0 ? NOTHING : elementwise(tensors, 1, () => scenario.masterWeightBytes);
  return plus(states, masters);
};
