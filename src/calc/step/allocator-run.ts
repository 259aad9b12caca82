import type { AllocatorRun, Part } from "#calc/allocator/run.ts";
import { allocated } from "#calc/base/allocation.ts";
import type { Machine } from "#calc/base/machine.ts";
import { isAlone } from "#calc/model/dividing-ranks.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { optimizerOf } from "#calc/optimizers/optimizer-of.ts";
import { trainedTensors } from "#calc/parameters/trained-tensors.ts";
import { extentOf } from "#calc/tape/ledger/dimension.ts";
import { growthsAt } from "#calc/tape/ledger/growth.ts";
import { type AllocatorScript, allocatorScript } from "./allocator-script.ts";
import { chunkTokensOf, runChainOf } from "./compile-step.ts";
import type { Holdings, StepInput } from "./holdings.ts";
import { holdingsOf, stepInputOf } from "./holdings-of.ts";
import { optimizerRequests, type OptimizerRequests } from "./optimizer-requests.ts";
import { buffersOf } from "./standing-terms.ts";
import { tapeOptionsOf } from "./tape-options.ts";
import { trace } from "./trace.ts";
import type { Workings } from "./workings.ts";

/** Runs every layer of a step on paper, not one of each kind: the allocator is asked in the order in which a model runs. */
export const compileScript = (workings: Workings, options: StepOptions): AllocatorScript => {
  const { families } = workings;
  const { architecture } = options;
  const { forward } = families.modellingOf(architecture.model_type, options.modelling);
  const { layers: chain } = runChainOf(workings, options, { forward });
  const { card } = trace(workings, options, { forward, layout: families.layoutOf(architecture), chain });
  return allocatorScript(card, chain.length);
};

/** cuBLAS has one for each thread: forward's, and autograd's. @see calc/base/machine.ts */
const WORKSPACES = 2;

/** Bytes of each storage of a script, not rounded. */
const bytesAt = (
  workings: Workings,
  scenario: Scenario,
  machine: Machine,
): Readonly<{ script: AllocatorScript; bytes: number[] }> => {
  const options = tapeOptionsOf(workings, scenario, machine);
  const script = workings.allocatorScript(options);
  const { micro_batch_size: b, sequence_length: s } = scenario;
  const chunk = chunkTokensOf(options)(b * s, b);
  const products = growthsAt(extentOf({ b, s, chunk, chunkSize: script.chunkSize }));
  return {
    script,
    bytes: script.factors.map((factor, index) => factor * (products[script.growths[index] as number] as number)),
  };
};

const sumOf = (bytes: readonly number[]): number => bytes.reduce((sum, each) => sum + allocated(each), 0);

/** How many layers of each kind there are. */
const layersOf =
  ({ layout }: StepInput) =>
  (kind: string): number =>
    layout.layers.find((layer) => layer.kind === kind)?.count ?? 1;

const requestsOf = (workings: Workings, input: StepInput, { kept }: Holdings): OptimizerRequests => {
  const { scenario, machine } = input;
  return optimizerRequests({
    scenario,
    machine,
    optimizer: optimizerOf(workings.optimizers, scenario.optim),
    tensors: trainedTensors(scenario, kept.states),
    layersOf: layersOf(input),
  });
};

const frees = (storages: readonly number[]): readonly number[] => storages.map((storage) => ~storage);

/**
 * A run of one GPU as PyTorch's allocator sees it: the model is loaded, and steps follow. What loading itself makes and lets go is left out. The workspaces of cuBLAS
 * come with the first step, the optimizer's states at its end.
 *
 * @returns null where the tape does not have what is held in the formats in which it is held: shared by several GPUs, quantised otherwise than by
 *   bitsandbytes in 4 bits, gradients or states in types of their own
 */
export const allocatorRun = (workings: Workings, scenario: Scenario, machine: Machine): AllocatorRun | null => {
  if (!isAlone(scenario)) return null;
  const input = stepInputOf(workings, scenario, machine);
  const holdings = holdingsOf(workings, input);
  const { script, bytes } = bytesAt(workings, scenario, machine);
  const options = tapeOptionsOf(workings, scenario, machine);
  const { states, temporaries } = requestsOf(workings, input, holdings);
  const loaded = sumOf(script.load.map((storage) => bytes[storage] as number));
  const held = holdings.weights.bytes + holdings.adapters.bytes + buffersOf(workings.compiledStep(options)).bytes;
  if (loaded !== held || sumOf(states) !== holdings.optimizer.bytes || options.gradientShare !== 1) return null;

  const request = (size: number): number => bytes.push(size) - 1;
  const workspaces = Array.from({ length: WORKSPACES }, () => request(machine.cublasWorkspaceBytes / WORKSPACES));
  const kept = states.map(request);
  const passing = temporaries.flatMap((list) => {
    const storages = list.map(request);
    return [...storages, ...frees(storages)];
  });
  const sizes = Float64Array.from(bytes);
  const streams = new Uint8Array(sizes.length);
  const part = (...events: readonly (readonly number[])[]): Part => ({
    bytes: sizes,
    streams,
    events: Int32Array.from(events.flat()),
  });
  return {
    storages: sizes.length,
    load: part(script.load),
    first: part(workspaces, script.step, kept, passing, frees(script.left)),
    steps: [part(script.step, passing, frees(script.left))],
  };
};
