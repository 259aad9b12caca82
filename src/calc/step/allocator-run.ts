// Runs as PyTorch's allocator sees them, for any batch and length: loading, then steps, with DDP's and ZeRO's requests.

import { ELEMENT_BYTES, COMPUTE_BYTES, FP64_BYTES } from "#calc/base/dtypes.ts";
import { trainedTensors } from "#calc/parameters/parameter-tensors.ts";
import { type Holdings, type StepInput, buffersOf } from "./holdings.ts";
import {
  layerByLayer,
  gradientSlices,
  optimizerRequests,
  type OptimizerRequests,
  shardRequests,
  wholeModelBytes,
  layerCountOf,
} from "./allocator-requests.ts";
import { lateFrees } from "./late-frees.ts";
import type { Machine } from "#calc/base/machine.ts";
import { type Optimizer, optimizerOf } from "#calc/optimizers/optimizer.ts";
import type { AllocatorRun, ReplayPart } from "#calc/allocator/allocator.ts";
import { allocated } from "#calc/base/bytes.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { extentOf } from "#calc/tape/ledger/extent.ts";
import { growthsAt } from "#calc/tape/ledger/growth.ts";
import type { AllocatorScript } from "./allocator-script.ts";
import { chunkTokensOf } from "./compile-step.ts";
import { holdingsOf, stepInputOf } from "./gpu-holdings.ts";
import { unknownOrderReason } from "#calc/model/scenario-traits.ts";
import { sizeInputsAt, type BatchShape } from "./batch-shape.ts";
import { batchOptionsOf, tapeOptionsOf } from "./step-options.ts";
import { stepLengths } from "./step-lengths.ts";
import type { RunFunction, Workings } from "./workings.ts";

/** DDP's first bucket, and the others. @see torch/csrc/distributed/c10d/reducer.hpp, `kDefaultFirstBucketBytes`, `kDefaultBucketBytesCap` */
const FIRST_BUCKET_BYTES = 2 ** 20;
const BUCKET_BYTES = 25 * 2 ** 20;

/** Gradients in the order in which they come, in buckets that are closed once they are as large as their limit. @see reducer.cpp, `compute_bucket_assignment_by_size` */
const inBuckets = (gradients: readonly number[]): readonly number[] => {
  const buckets: number[] = [];
  let filled = 0;
  for (const bytes of gradients) {
    filled += bytes;
    if (filled < (buckets.length === 0 ? FIRST_BUCKET_BYTES : BUCKET_BYTES)) continue;
    buckets.push(filled);
    filled = 0;
  }
  return filled > 0 ? [...buckets, filled] : buckets;
};

/** What DDP keeps beside parameters and gradients: a copy of all gradients. The last parameter's comes first. None where the work is shared otherwise. */
const bucketRequests = (
  { kept: { scenario, states } }: Holdings,
  layersOf: (kind: string) => number,
): readonly number[] => {
  if (scenario.sharding !== "ddp") return [];
  const trained = trainedTensors(scenario, layerByLayer(states, layersOf).flat()).toReversed();
  return inBuckets(trained.map(({ elements, gradientBytes }) => elements * gradientBytes));
};

type Run = Readonly<{
  holdings: Holdings;
  machine: Machine;
  optimizer: Optimizer;
  layersOf: (kind: string) => number;
}>;

/** What a GPU asks for beside the tape: before the first step, to stay, and by the optimizer. */
type RequestsBeside = Readonly<{ held: readonly number[]; optimizer: OptimizerRequests }>;

/**
 * What a rank of DeepSpeed's stages 1 and 2 asks for beside frozen parameters and gradients. Trained parameters of a parameter group are one flat tensor; the
 * rank's part of it is kept in fp32, too; the optimizer's states are of that.
 *
 * The optimizer's step: the norm of each gradient in fp64, one by one. Then group by group: the gradients of the rank's part in one flat copy, that in fp32,
 * and the optimizer's own beside it. The buffer of 16-bit gradients is there until the last group has been copied.
 *
 * @see deepspeed/runtime/zero/stage_1_and_2.py (0.19), `__init__`, `get_flat_partition`, `get_grad_norm_direct`, `step`
 */
const flattenedRequests = ({ holdings, machine, optimizer, layersOf }: Run): RequestsBeside => {
  const { scenario, base, adapters, states } = holdings.kept;
  const trained = scenario.method.kind === "full" ? base : adapters;
  const updates = trainedTensors(scenario, states).map((part) => {
    // The copy in fp32 is there before the first step.
    const own = { ...scenario, masterWeightBytes: 0 };
    const requests = optimizerRequests({ scenario: own, machine, optimizer, tensors: [part] });
    return { ...requests, flat: part.elements * COMPUTE_BYTES, copy: part.elements * ELEMENT_BYTES.fp32 };
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

/** cuBLAS has one for each thread: forward's, and autograd's. @see calc/base/machine.ts */
const WORKSPACES = 2;

/** Bytes of each storage of a script, not rounded. */
const bytesAt = (options: StepOptions, script: AllocatorScript, batch: BatchShape): Float64Array => {
  const products = growthsAt(extentOf(sizeInputsAt(script, batch, chunkTokensOf(options)(batch))));
  const { factors, growths } = script;
  const bytes = new Float64Array(factors.length);
  for (let index = 0; index < factors.length; index++)
    bytes[index] = (factors[index] as number) * (products[growths[index] as number] as number);
  return bytes;
};

const sumOf = (bytes: Iterable<number>): number => {
  let sum = 0;
  for (const each of bytes) sum += allocated(each);
  return sum;
};

const frees = (storages: Int32Array): Int32Array => storages.map((storage) => ~storage);

const joined = (lists: readonly Int32Array[]): Int32Array => {
  const all = new Int32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  for (const list of lists) {
    all.set(list, length);
    length += list.length;
  }
  return all;
};

/** What runs of some options have in common, whatever their batch and length: who asks when, and of what is beside the tape how much. */
type Frame = Readonly<{
  options: StepOptions;
  script: AllocatorScript;
  /** Bytes of the storages after those of the script. */
  beside: readonly number[];
  streams: Uint8Array;
  /** In order, as `Part.events`. */
  events: Readonly<Record<"load" | "first" | "step", Int32Array>>;
}>;

type Framed = Readonly<{ options: StepOptions; input: StepInput; holdings: Holdings }>;

/** Whether trained parameters are flat ones. */
const isFlattened = ({ ranks }: StepOptions): boolean => ranks?.strategy === "zero1" || ranks?.strategy === "zero2";

/**
 * True if the models that each rank has whole are on the tape as they are held. Their parameters that are not packed may be in another type there, and are
 * more than the scales of a packed base, which are on the tape, too.
 */
const isLoaded = (workings: Workings, { options, holdings }: Framed, loadedBytes: number): boolean => {
  const held = wholeModelBytes(holdings);
  const others = loadedBytes - buffersOf(workings.compiledStep(options)).bytes;
  return held === 0 || (holdings.scales.bytes === 0 ? others === held : others >= held);
};

/** What a GPU holds beside what the tape loads; null where the tape does not load what is held in the formats in which it is held. */
const heldBeside = (workings: Workings, framed: Framed, loadedBytes: number): readonly number[] | null => {
  const { options, input, holdings } = framed;
  if (options.ranks !== null)
    return isLoaded(workings, framed, loadedBytes) ? shardRequests(holdings, layerCountOf(input)) : null;
  const held = holdings.weights.bytes + holdings.adapters.bytes + buffersOf(workings.compiledStep(options)).bytes;
  return loadedBytes === held ? bucketRequests(holdings, layerCountOf(input)) : null;
};

/** What DeepSpeed's first stages do not flatten, and buffers. */
const frozenBytes = (workings: Workings, { options, holdings: { weights, kept } }: Framed): number =>
  (kept.scenario.method.kind === "full" ? 0 : weights.bytes) + buffersOf(workings.compiledStep(options)).bytes;

/** null where that is not known request by request. */
const besideOf = (workings: Workings, framed: Framed, loadedBytes: number): RequestsBeside | null => {
  const { options, input, holdings } = framed;
  const { kept } = holdings;
  if (options.gradientShare !== 1) return null;
  const run = { machine: input.machine, optimizer: optimizerOf(workings.optimizers, input.scenario.optim) };
  if (isFlattened(options)) {
    const isKnown = loadedBytes === frozenBytes(workings, framed) && typeof kept.scenario.optimizerStates !== "number";
    return isKnown ? flattenedRequests({ ...run, holdings, layersOf: layerCountOf(input) }) : null;
  }
  const held = heldBeside(workings, framed, loadedBytes);
  const tensors = layerByLayer(trainedTensors(input.scenario, kept.states), layerCountOf(input)).flat();
  const optimizer = optimizerRequests({ ...run, scenario: input.scenario, tensors });
  return held === null || sumOf(optimizer.states) !== holdings.optimizer.bytes ? null : { held, optimizer };
};

/** null where what is held is not known request by request. */
const frameOf = (workings: Workings, framed: Framed): Frame | null => {
  const { options } = framed;
  const script = workings.allocatorScript(options);
  const bytes = bytesAt(options, script, framed.input.scenario);
  const loaded = sumOf(Float64Array.from(script.load, (storage) => bytes[storage] as number));
  const ofGpu = besideOf(workings, framed, loaded);
  if (ofGpu === null) return null;

  const { machine } = framed.input;
  const { states, temporaries, afterGradients } = ofGpu.optimizer;
  const beside: number[] = [];
  const request = (sizes: readonly number[]): Int32Array =>
    Int32Array.from(sizes, (size) => bytes.length + beside.push(size) - 1);
  const workspaces = request(Array.from({ length: WORKSPACES }, () => machine.cublasWorkspaceBytes / WORKSPACES));
  const standing = request(ofGpu.held);
  const kept = request(states);
  const others = new Map<number, number>();
  const otherOf = (storage: number): number => {
    const other = others.get(storage) ?? (request([bytes[storage] as number])[0] as number);
    others.set(storage, other);
    return other;
  };
  script.recorded.forEach((isRecorded, storage) => isRecorded && otherOf(storage));
  const inTurn = (lists: OptimizerRequests["temporaries"]): Int32Array =>
    joined(
      lists.flatMap((list) => {
        const storages = request(list);
        return [storages, frees(storages)];
      }),
    );
  const ends = joined([inTurn(temporaries), frees(script.left), inTurn(afterGradients)]);
  const storages = bytes.length + beside.length;
  const streams = new Uint8Array(storages);
  streams.set(script.streams);
  for (const [storage, other] of others) streams[other] = streams[storage] as number;
  const step = lateFrees(script.step, { ...script, storages, otherOf });
  return {
    options,
    script,
    beside,
    streams,
    events: {
      load: joined([script.load, standing]),
      first: joined([workspaces, step, kept, ends]),
      step: joined([step, ends]),
    },
  };
};

/** Bytes of each storage of a run at a batch and a length. */
const storageSizesAt = ({ options, script, beside, streams }: Frame, batch: BatchShape): Float64Array => {
  const sizes = new Float64Array(streams.length);
  const ofScript = bytesAt(options, script, batch);
  sizes.set(ofScript);
  sizes.set(beside, ofScript.length);
  return sizes;
};

/**
 * Runs of one GPU, or of one rank, as PyTorch's allocator sees them, by batch and length alone: the model is loaded, and steps follow. What loading itself makes and lets go is left out.
 * The workspaces of cuBLAS come with the first step, the optimizer's states at its end. Where rows vary, steps differ in length (`step-lengths.ts`); a loss
 * in chunks has as many of them as at full length.
 *
 * @returns gives null where the tape does not have what is held in the formats in which it is held: quantised otherwise than by
 *   bitsandbytes in 4 bits, gradients or states in types of their own
 */
export const makeRunFunction = (workings: Workings, scenario: Scenario, machine: Machine): RunFunction => {
  if (unknownOrderReason(scenario) !== null) return () => null;
  const frames = new Map<string, Frame | null>();
  const frameAt = (at: Scenario): Frame | null => {
    const key = Object.values(batchOptionsOf(workings.families, at)).join();
    const known = frames.get(key);
    if (known !== undefined) return known;
    const input = stepInputOf(workings, at, machine);
    const options = tapeOptionsOf(workings, at, machine);
    const frame = frameOf(workings, { options, input, holdings: holdingsOf(workings, input) });
    frames.set(key, frame);
    return frame;
  };
  return ({ micro_batch_size, sequence_length }): AllocatorRun | null => {
    const at: Scenario = { ...scenario, micro_batch_size, sequence_length };
    const frame = frameAt(at);
    if (frame === null) return null;
    const { streams, events } = frame;
    const partOf = (part: Int32Array, length: number): ReplayPart => ({
      bytes: length === sequence_length ? sizes : storageSizesAt(frame, { micro_batch_size, sequence_length: length }),
      streams,
      events: part,
    });
    const sizes = storageSizesAt(frame, at);
    const [firstLength, ...lengths] = stepLengths(workings.families, at);
    return {
      storages: streams.length,
      load: partOf(events.load, sequence_length),
      first: partOf(events.first, firstLength),
      steps: lengths.map((length) => partOf(events.step, length)),
    };
  };
};
