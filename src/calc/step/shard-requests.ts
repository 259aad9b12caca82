import { isCopyShared } from "#calc/model/objective.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { elementwise } from "#calc/parameters/elementwise.ts";
import type { PlannedTensor } from "#calc/parameters/planned-tensor.ts";
import { trainedTensors } from "#calc/parameters/trained-tensors.ts";
import { baseWeights } from "#calc/parameters/weights/base-weights.ts";
import type { Holdings } from "./holdings.ts";
import { layerByLayer } from "./layer-by-layer.ts";

/** Packed 4-bit weights, two to a byte. Their scales are on the tape, whole. */
const WEIGHTS_PER_BYTE = 2;

const baseBytes = (tensor: PlannedTensor): number =>
  tensor.quantization === null ? baseWeights([tensor]).bytes : tensor.elements / WEIGHTS_PER_BYTE;

const adapterBytes = (scenario: Scenario, tensor: PlannedTensor): number =>
  elementwise(trainedTensors(scenario, [tensor]), 1, ({ parameterBytes }) => parameterBytes).bytes;

const sumOf = (bytes: readonly number[]): number => bytes.reduce((sum, each) => sum + each, 0);

/** A model's shards. Of FSDP1 those of a layer's base parameters are one flat tensor; of others each is one. */
const shardsOf = (
  { sharding }: Scenario,
  base: readonly PlannedTensor[],
  layersOf: (kind: string) => number,
): readonly number[] => {
  const layers = layerByLayer(base, layersOf).map((tensors) => tensors.map(baseBytes));
  return sharding === "fsdp1" ? layers.map(sumOf) : layers.flat();
};

/** Whether a rank has shards of the policy's copy: otherwise the tape loads it whole. */
const sharesCopy = ({ sharding, reference }: Scenario): boolean =>
  isCopyShared(reference) && (sharding === "fsdp1" || sharding === "fsdp2" || sharding === "zero3");

/** Bytes of the models beside the trained one that each rank has whole. */
export const wholeBeside = ({ kept: { scenario, beside } }: Holdings): number =>
  baseWeights(beside.teacher).bytes + (sharesCopy(scenario) ? 0 : baseWeights(beside.copy).bytes);

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
