// The type of an optimizer, and the bytes of its states, step counters, master weights and step.

import { type Amount, NOTHING, plus, product, constant, counted, setting } from "#calc/base/formula.ts";
import type { TrainedTensor } from "#calc/parameters/parameter-tensors.ts";
import { assert } from "#calc/base/guards.ts";
import type { OptimizerId, Scenario } from "#calc/model/scenario.ts";
import { BLOCK_BYTES, allocated } from "#calc/base/bytes.ts";
import type { Machine } from "#calc/base/machine.ts";
import { elementwiseBytes } from "#calc/parameters/counts.ts";

/** Adam's first and second moment. */
export const MOMENTS = 2;

/** What an optimizer keeps between steps and what it needs during one. */
export type Optimizer = Readonly<{
  /** States, there from the first step on. */
  states: (tensors: readonly TrainedTensor[]) => Amount;
  /** How many tensors of about one size the states of one parameter are; one where it is not said. */
  statesEach?: number;
  /** The most that is alive during the step, beside weights, gradients and states. */
  temporaries: (tensors: readonly TrainedTensor[]) => Amount;
  /**
   * Each tensor is updated as soon as its gradient has arrived, which then goes, so that there is no step: fp32 tensors of its size that the update of a
   * 16-bit one makes.
   */
  updatesInBackward?: number;
}>;

/** The optimizers that an engine was made with, by transformers' names of `optim`. */
export type Optimizers = Readonly<Partial<Record<OptimizerId, Optimizer>>>;

/**
 * The optimizer of that name.
 *
 * @throws Error when the engine was made without it: `estimate` refuses such a scenario before
 */
export const optimizerOf = (optimizers: Optimizers, id: OptimizerId): Optimizer => {
  const optimizer = optimizers[id];
  assert(optimizer !== undefined, `somebody knows the optimizer ${id}`);
  return optimizer;
};

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
    scenario.masterWeightBytes === 0 ? NOTHING : elementwiseBytes(tensors, 1, () => scenario.masterWeightBytes);
  return plus(states, masters);
};

/** A matrix large enough that blocks of the allocator and 8-bit block scales weigh what they do in a real layer. */
const EDGE = 4096;

/**
 * Bytes of all states for one trained parameter of a large matrix: AdamW with fp32 states 8, 8-bit AdamW a little over 2.
 *
 * @param stateBytes of one element of a state that has the parameter's shape
 */
export const stateBytesPerParameter = ({ states }: Optimizer, stateBytes: number): number => {
  const elements = EDGE * EDGE;
  const { bytes } = states([
    {
      name: "weight",
      shape: [EDGE, EDGE],
      elements,
      count: 1,
      role: "linear",
      layerKind: "decoder",
      parameterBytes: stateBytes,
      gradientBytes: stateBytes,
      stateBytes,
      isStateOverridden: false,
    },
  ]);
  return bytes / elements;
};

/**
 * Bytes that a step needs for one tensor at a time: those of the tensor that needs most, `bytesOf` for each of its elements.
 */
export const largestElements = (
  tensors: readonly TrainedTensor[],
  bytesOf: (tensor: TrainedTensor) => number,
): Amount => {
  let largest = NOTHING;
  for (const tensor of tensors) {
    const size = bytesOf(tensor);
    const bytes = allocated(tensor.elements * size);
    if (bytes > largest.bytes)
      largest = {
        bytes,
        formula: product(
          counted("elements of the largest tensor", tensor.elements),
          constant("bytes in the step", size),
        ),
      };
  }
  return largest;
};
