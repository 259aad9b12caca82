import { adapterTensors } from "#calc/parameters/adapter-tensors.ts";
import { baseTensors } from "#calc/parameters/base-tensors.ts";
import type { TensorGroup } from "#calc/parameters/tensor-group.ts";
import { layoutOf } from "#calc/families/layout-of.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import { type Amount, NOTHING } from "#calc/base/formula/amount.ts";
import { constant } from "#calc/base/formula/inputs.ts";
import type { Machine } from "#calc/base/machine.ts";
import { optimizerStates } from "#calc/optimizers/optimizer-memory.ts";
import { optimizerOf } from "#calc/optimizers/optimizers.ts";
import { parallelOf } from "#calc/parallel/parallel.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { elementwise } from "#calc/parameters/elementwise.ts";
import { trainedTensors } from "#calc/parameters/trained-tensors.ts";
import { baseWeights } from "#calc/parameters/weights/base-weights.ts";

/** What one rank holds whatever layers do: the moments say when. */
export type Holdings = Readonly<{
  /** The scenario as its parameters are kept between steps, and the tensors: of base and adapters, and those that the optimizer has states of. */
  kept: Readonly<{
    scenario: Scenario;
    base: readonly TensorGroup[];
    adapters: readonly TensorGroup[];
    states: readonly TensorGroup[];
  }>;
  /** What of the weights is kept beside the shards of quantised tensors. */
  scales: Amount;
  weights: Amount;
  adapters: Amount;
  optimizer: Amount;
  optimizerTemporaries: Amount;
  /** Gradients that are kept beside those of the tape. */
  gradients: Amount;
  /** Alive at every moment after loading: cuBLAS's scratch memory, and buffers of communication. */
  cublas: Amount;
  buffers: Amount;
  /** What the rank keeps in host memory. */
  host: Amount;
}>;

/** A scenario with its model taken apart into tensors. */
export type StepInput = Readonly<{
  scenario: Scenario;
  machine: Machine;
  layout: ModelLayout;
  base: readonly TensorGroup[];
  /** LoRA's tensors; none under full fine-tuning. */
  adapters: readonly TensorGroup[];
}>;

/** Takes the model of a scenario apart. */
export const stepInputOf = (scenario: Scenario, machine: Machine): StepInput => {
  const { architecture, method } = scenario;
  const layout = layoutOf(architecture);
  const adapters = method.kind === "full" ? [] : adapterTensors(layout, method.lora);
  return { scenario, machine, layout, base: baseTensors(layout), adapters };
};

const cublasOf = ({ cublasWorkspaceBytes: bytes }: Machine): Amount =>
  bytes === 0 ? NOTHING : { bytes, formula: [constant("cuBLAS workspaces", bytes)] };

/** What a GPU holds that has every tensor of the input to itself. */
export const holdingsAlone = ({ scenario, machine, base, adapters }: StepInput): Holdings => {
  const states = scenario.method.kind === "full" ? base : adapters;
  const trained = trainedTensors(scenario, states);
  return {
    kept: { scenario, base, adapters, states },
    scales: NOTHING,
    weights: baseWeights(scenario, base),
    adapters: adapters.length === 0 ? NOTHING : elementwise(trained, 1, (tensor) => tensor.parameterBytes),
    optimizer: optimizerStates(scenario, machine, trained),
    optimizerTemporaries: optimizerOf(scenario.optim).temporaries(trained),
    gradients: NOTHING,
    cublas: cublasOf(machine),
    buffers: NOTHING,
    host: NOTHING,
  };
};

/** Everything that one rank holds beside what forward and backward make. */
export const holdingsOf = (input: StepInput): Holdings =>
  parallelOf(input.scenario)?.holdings(input) ?? holdingsAlone(input);
