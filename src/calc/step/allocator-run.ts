import type { AllocatorRun, Part } from "#calc/allocator/run.ts";
import { allocated } from "#calc/base/allocation.ts";
import type { Machine } from "#calc/base/machine.ts";
import { isAlone } from "#calc/model/dividing-ranks.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { ChainLayer } from "#calc/families/chain-layers.ts";
import { optimizerOf } from "#calc/optimizers/optimizer-of.ts";
import { trainedTensors } from "#calc/parameters/trained-tensors.ts";
import type { Ledger } from "#calc/tape/ledger/ledger.ts";
import { extentOf } from "#calc/tape/ledger/dimension.ts";
import { growthsAt } from "#calc/tape/ledger/growth.ts";
import { type AllocatorScript, allocatorScript } from "./allocator-script.ts";
import { chunkTokensOf, runChainOf } from "./compile-step.ts";
import type { Holdings, StepInput } from "./holdings.ts";
import { holdingsOf, stepInputOf } from "./holdings-of.ts";
import { optimizerRequests, type OptimizerRequests } from "./optimizer-requests.ts";
import type { BatchShape } from "./sizes-at.ts";
import { buffersOf } from "./standing-terms.ts";
import { layersToLeaveOut, repeats } from "./repeated-layers.ts";
import { stepLengths } from "./step-lengths.ts";
import { tapeOptionsOf } from "./tape-options.ts";
import { trace } from "./trace.ts";
import type { Workings } from "./workings.ts";

/** The layers of a model, and what runs some on paper. */
const paperOf = (
  workings: Workings,
  options: StepOptions,
): Readonly<{ layers: readonly ChainLayer[]; run: (chain: readonly ChainLayer[]) => Ledger }> => {
  const { families } = workings;
  const { architecture } = options;
  const { forward } = families.modellingOf(architecture.model_type, options.modelling);
  const { layers } = runChainOf(workings, options, { forward });
  return {
    layers,
    run: (chain) => trace(workings, options, { forward, layout: families.layoutOf(architecture), chain }).card,
  };
};

/** Runs every layer of a step on paper, not one of each kind: the allocator is asked in the order in which a model runs. */
export const compileWholeScript = (workings: Workings, options: StepOptions): AllocatorScript => {
  const { layers, run } = paperOf(workings, options);
  return allocatorScript(run(layers), { ran: layers.length, leftOut: { middle: 0, count: 0 } });
};

/** The script of a step, of which as few layers are run on paper as show how the others repeat. */
export const compileScript = (workings: Workings, options: StepOptions): AllocatorScript => {
  const { layers, run } = paperOf(workings, options);
  const leftOut = layersToLeaveOut(layers);
  if (leftOut === null) return compileWholeScript(workings, options);
  const { middle, count } = leftOut;
  const chain = layers.toSpliced(middle + 1, count);
  const ledger = run(chain);
  const ran = chain.length;
  return repeats(ledger, ran, leftOut)
    ? allocatorScript(ledger, { ran, leftOut })
    : compileWholeScript(workings, options);
};

/** cuBLAS has one for each thread: forward's, and autograd's. @see calc/base/machine.ts */
const WORKSPACES = 2;

/** Bytes of each storage of a script, not rounded. */
const bytesAt = (options: StepOptions, script: AllocatorScript, batch: BatchShape): Float64Array => {
  const { micro_batch_size: b, sequence_length: s } = batch;
  const chunk = chunkTokensOf(options)(b * s, b);
  const products = growthsAt(extentOf({ b, s, chunk, chunkSize: script.chunkSize }));
  return script.factors.map((factor, index) => factor * (products[script.growths[index] as number] as number));
};

const sumOf = (bytes: Iterable<number>): number => {
  let sum = 0;
  for (const each of bytes) sum += allocated(each);
  return sum;
};

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

const frees = (storages: Int32Array): Int32Array => storages.map((storage) => ~storage);

const joined = (...lists: readonly Int32Array[]): Int32Array => {
  const all = new Int32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  for (const list of lists) {
    all.set(list, length);
    length += list.length;
  }
  return all;
};

/**
 * A run of one GPU as PyTorch's allocator sees it: the model is loaded, and steps follow. What loading itself makes and lets go is left out. The workspaces of cuBLAS
 * come with the first step, the optimizer's states at its end. Where rows vary, steps differ in length (`step-lengths.ts`); a loss in chunks has as many of
 * them as at full length.
 *
 * @returns null where the tape does not have what is held in the formats in which it is held: shared by several GPUs, quantised otherwise than by
 *   bitsandbytes in 4 bits, gradients or states in types of their own
 */
export const allocatorRun = (workings: Workings, scenario: Scenario, machine: Machine): AllocatorRun | null => {
  if (!isAlone(scenario)) return null;
  const input = stepInputOf(workings, scenario, machine);
  const holdings = holdingsOf(workings, input);
  const options = tapeOptionsOf(workings, scenario, machine);
  const script = workings.allocatorScript(options);
  const bytes = bytesAt(options, script, scenario);
  const { states, temporaries } = requestsOf(workings, input, holdings);
  const loaded = sumOf(Float64Array.from(script.load, (storage) => bytes[storage] as number));
  const held = holdings.weights.bytes + holdings.adapters.bytes + buffersOf(workings.compiledStep(options)).bytes;
  if (loaded !== held || sumOf(states) !== holdings.optimizer.bytes || options.gradientShare !== 1) return null;

  const beside: number[] = [];
  const request = (sizes: readonly number[]): Int32Array =>
    Int32Array.from(sizes, (size) => bytes.length + beside.push(size) - 1);
  const workspaces = request(Array.from({ length: WORKSPACES }, () => machine.cublasWorkspaceBytes / WORKSPACES));
  const kept = request(states);
  const passing = joined(
    ...temporaries.flatMap((list) => {
      const storages = request(list);
      return [storages, frees(storages)];
    }),
  );
  const storages = bytes.length + beside.length;
  const sizesOf = (ofScript: Float64Array): Float64Array => {
    const all = new Float64Array(storages);
    all.set(ofScript);
    all.set(beside, bytes.length);
    return all;
  };
  const sizes = sizesOf(bytes);
  const streams = new Uint8Array(storages);
  const part = (...events: readonly Int32Array[]): Part => ({ bytes: sizes, streams, events: joined(...events) });
  const ofLength = (whole: Part, sequence_length: number): Part =>
    sequence_length === scenario.sequence_length
      ? whole
      : { ...whole, bytes: sizesOf(bytesAt(options, script, { ...scenario, sequence_length })) };
  const left = frees(script.left);
  const [firstLength, ...lengths] = stepLengths(workings.families, scenario);
  const first = part(workspaces, script.step, kept, passing, left);
  const step = part(script.step, passing, left);
  return {
    storages,
    load: part(script.load),
    first: ofLength(first, firstLength),
    steps: lengths.map((length) => ofLength(step, length)),
  };
};
