import { type Amount, NOTHING } from "#calc/base/formula/amount.ts";
import { constant } from "#calc/base/formula/inputs.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { Families } from "#calc/families/families.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { optimizerStates } from "#calc/optimizers/optimizer-memory.ts";
import { optimizerOf } from "#calc/optimizers/optimizer-of.ts";
import { adapterTensors } from "#calc/parameters/adapter-tensors.ts";
import { baseTensors } from "#calc/parameters/base-tensors.ts";
import { elementwise } from "#calc/parameters/elementwise.ts";
import { trainedTensors } from "#calc/parameters/trained-tensors.ts";
import { baseWeights } from "#calc/parameters/weights/base-weights.ts";
import type { Code } from "./code.ts";
import type { Holdings, StepInput } from "./holdings.ts";
import { strategyOf } from "./strategy-of.ts";
import type { Workings } from "./workings.ts";

/** Takes the model of a scenario apart. */
export const stepInputOf = ({ layoutOf }: Families, scenario: Scenario, machine: Machine): StepInput => {
  const { architecture, method } = scenario;
  const layout = layoutOf(architecture);
  const adapters = method.kind === "full" ? [] : adapterTensors(layout, method.lora);
  return { scenario, machine, layout, base: baseTensors(layout), adapters };
};

const cublasOf = ({ cublasWorkspaceBytes: bytes }: Machine): Amount =>
  bytes === 0 ? NOTHING : { bytes, formula: [constant("cuBLAS workspaces", bytes)] };

/** What a GPU holds that has every tensor of the input to itself. */
export const holdingsAlone = ({ optimizers }: Code, { scenario, machine, base, adapters }: StepInput): Holdings => {
  const optimizer = optimizerOf(optimizers, scenario.optim);
  const states = scenario.method.kind === "full" ? base : adapters;
  const trained = trainedTensors(scenario, states);
  return {
    kept: { scenario, base, adapters, states },
    scales: NOTHING,
    weights: baseWeights(scenario, base),
    adapters: adapters.length === 0 ? NOTHING : elementwise(trained, 1, (tensor) => tensor.parameterBytes),
    optimizer: optimizerStates(optimizer, { scenario, machine }, trained),
    optimizerTemporaries: optimizer.temporaries(trained),
    gradients: NOTHING,
    cublas: cublasOf(machine),
    buffers: NOTHING,
    host: NOTHING,
  };
};

/** Everything that one rank holds beside what forward and backward make. */
export const holdingsOf = (workings: Workings, input: StepInput): Holdings =>
  strategyOf(workings, input.scenario)?.holdings(workings, input) ?? holdingsAlone(workings, input);
