// Allocator requests outside the tape: optimizer step, shards, ZeRO's gradient slices, late frees of FSDP1.

import { sum } from "#calc/base/bytes.ts";
import { onceForEach } from "#calc/base/caches.ts";
import {
  type TensorGroup,
  type PlannedTensor,
  parameterGroups,
  type TrainedTensor,
  trainedTensors,
} from "#calc/parameters/parameter-tensors.ts";
import type { StepInput, Holdings } from "./holdings.ts";
import { optimizerStates, optimizerTemporaries, type Optimizer } from "#calc/optimizers/optimizer.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { isCopyShared } from "#calc/model/objective.ts";
import { elementwiseBytes } from "#calc/parameters/counts.ts";
import { baseWeightBytes } from "#calc/parameters/weight-bytes.ts";

/** How a tensor is counted, and where it stands. */
type Counted = Pick<TensorGroup, "count" | "layerKind">;

/**
 * Tensors one by one, each of count 1, those of a group the same object: first those of a kind of layer, layer by layer, of a group that stands in each layer once; then those of the next kind.
 * Those outside the layers are a layer of their own. Of a stage of a pipeline there are fewer layers than the model has: as many as there are tensors.
 */
export const layerByLayer = <Of extends Counted>(
  tensors: readonly Of[],
  layersOf: (kind: string) => number,
): readonly (readonly Of[])[] => {
  const oneOf = onceForEach((tensor: Of): Of => ({ ...tensor, count: 1 }));
  const single = (tensor: Of, count: number): readonly Of[] => Array.from({ length: count }, () => oneOf(tensor));
  const kinds = [...new Set(tensors.map(({ layerKind }) => layerKind))];
  return kinds.flatMap((kind) => {
    const ofKind = tensors.filter(({ layerKind }) => layerKind === kind);
    const layers = kind === null ? 1 : Math.min(layersOf(kind), ...ofKind.map(({ count }) => count));
    return Array.from({ length: layers }, () => ofKind.flatMap((tensor) => single(tensor, tensor.count / layers)));
  });
};

/** Tensors as optimizer states of a rank have them: of each parameter group one part; and how many layers of a kind there are. */
type Cut = Readonly<{ parts: readonly PlannedTensor[]; layersOf: (kind: string) => number }>;

/** A parameter group, which is one flat tensor: elements of its tensors in their order, and of each rank's part. */
type Flat = Readonly<{ tensors: readonly number[]; part: number }>;

/** Elements of tensors one by one, as the model has them: what comes before its layers, the layers, what comes after them. */
const inOrder = (group: readonly PlannedTensor[], layersOf: Cut["layersOf"]): readonly number[] => {
  const first = group.findIndex(({ layerKind }) => layerKind !== null);
  const before = first < 0 ? group.length : first;
  const after = group.slice(before).filter(({ layerKind }) => layerKind === null);
  const layers = group.filter(({ layerKind }) => layerKind !== null);
  return [group.slice(0, before), layers, after].flatMap((some) =>
    layerByLayer(some, layersOf).flatMap((tensors) => tensors.map(({ elements }) => elements)),
  );
};

/** Elements of what a rank has of each tensor of a group: whole tensors, and what its part has of the first and the last one. */
const slicesOf = ({ tensors, part }: Flat, rank: number): readonly number[] => {
  const slices: number[] = [];
  let start = 0;
  for (const elements of tensors) {
    const within = Math.min(start + elements, (rank + 1) * part) - Math.max(start, rank * part);
    if (within > 0) slices.push(within);
    start += elements;
  }
  return slices;
};

/** The largest slice of a tensor that any rank has, and which rank it is. */
type Largest = Readonly<{ elements: number; rank: number }>;

/** The largest slice in a group, or that of groups before, where it is not smaller. */
const largestIn = (largest: Largest, { tensors, part }: Flat): Largest => {
  let found = largest;
  let start = 0;
  for (const elements of tensors) {
    const rank = Math.floor(start / part);
    const here = Math.min(elements, (rank + 1) * part - start);
    if (here > found.elements) found = { elements: here, rank };
    const next = Math.min(elements - here, part);
    if (next > found.elements) found = { elements: next, rank: rank + 1 };
    start += elements;
  }
  return found;
};

/**
 * Elements of the gradients of one rank of DeepSpeed's stages 1 and 2, in order. A parameter group is one flat tensor, of which each rank has a part, so that a
 * gradient is cut where a part ends. It is the rank with the largest gradient: of a dense model the one with the embeddings, of fused experts one that has
 * those of a layer in one piece.
 *
 * @see deepspeed/runtime/zero/stage_1_and_2.py (0.19), `get_partition_info`, `get_flat_partition`
 */
export const gradientSlices = (trained: readonly PlannedTensor[], { parts, layersOf }: Cut): readonly number[] => {
  const groups = parameterGroups(trained).map((group, index) => ({
    tensors: inOrder(group, layersOf),
    part: parts[index]?.elements ?? 0,
  }));
  const { rank } = groups.reduce(largestIn, { elements: 0, rank: 0 });
  return groups.flatMap((group) => slicesOf(group, rank));
};

/** How many layers of each kind the model has. */
export const layerCountOf =
  ({ layout }: Pick<StepInput, "layout">) =>
  (kind: string): number =>
    layout.layers.find((layer) => layer.kind === kind)?.count ?? 1;

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

/** Packed 4-bit weights, two to a byte. Their scales are on the tape, whole. */
const WEIGHTS_PER_BYTE = 2;

const baseBytes = (tensor: PlannedTensor): number =>
  tensor.quantization === null ? baseWeightBytes([tensor]).bytes : tensor.elements / WEIGHTS_PER_BYTE;

const adapterBytes = (scenario: Scenario, tensor: PlannedTensor): number =>
  elementwiseBytes(trainedTensors(scenario, [tensor]), 1, ({ parameterBytes }) => parameterBytes).bytes;

/** A model's shards. Of FSDP1 those of a layer's base parameters are one flat tensor; of others each is one. */
const shardsOf = (
  { sharding }: Scenario,
  base: readonly PlannedTensor[],
  layersOf: (kind: string) => number,
): readonly number[] => {
  const layers = layerByLayer(base, layersOf).map((tensors) => tensors.map(baseBytes));
  return sharding === "fsdp1" ? layers.map(sum) : layers.flat();
};

/** Whether a rank has shards of the policy's copy: otherwise the tape loads it whole. */
const sharesCopy = ({ sharding, reference }: Scenario): boolean =>
  isCopyShared(reference) && (sharding === "fsdp1" || sharding === "fsdp2" || sharding === "zero3");

/** Bytes of the models beside the trained one that each rank has whole. */
export const wholeModelBytes = ({ kept: { scenario, beside } }: Holdings): number =>
  baseWeightBytes(beside.teacher).bytes + (sharesCopy(scenario) ? 0 : baseWeightBytes(beside.copy).bytes);

/**
 * What a rank that shares parameters asks for before the first step and keeps: its shards, and those of a copy of the policy.
 *
 * @returns null of weights that are quantised otherwise than by bitsandbytes in 4 bits
 */
export const shardRequests = (
  { kept: { scenario, base, adapters, beside } }: Holdings,
  layersOf: (kind: string) => number,
): readonly number[] | null => {
  const { fsdp } = scenario;
  const isKnown = ({ quantization }: PlannedTensor): boolean =>
    quantization === null || (quantization.kind === "bnb-4bit" && fsdp?.scalesSharded !== true);
  if (!base.every(isKnown)) return null;
  const own = layerByLayer(adapters, layersOf).flat();
  return [
    ...shardsOf(scenario, base, layersOf),
    ...(sharesCopy(scenario) ? shardsOf(scenario, beside.copy, layersOf) : []),
    ...own.map((tensor) => adapterBytes(scenario, tensor)),
  ];
};
