import { type Amount, NOTHING, plus, product, share, times } from "#calc/formula/amount.ts";
import { constant, counted, setting } from "#calc/formula/inputs.ts";
import type { TensorGroup } from "#calc/count/tensor-group.ts";
import type { Scenario, Sharding } from "#calc/scenario.ts";

/** Over how many ranks each part of the state is divided, and what a rank holds besides. */
export type Placement = Readonly<{
  parameterShards: number;
  gradientShards: number;
  optimizerShards: number;
  isOptimizerOnHost: boolean;
  areWeightsOnHost: boolean;
  /** Whole parameters of the unit at work, gathered from the other ranks or from the host, while forward and backward run. */
  gathered: Amount;
  /** Whether gradients are copied into communication buckets. */
  hasBuckets: boolean;
}>;

/** Parameters are multiplied in 16 bits, whatever their shards are kept in. */
const COMPUTE_BYTES = 2;
/** The layer at work and the one fetched ahead. */
const LAYERS_GATHERED = 2;

/** One GPU shares with nobody: every strategy is none. */
export const effectiveSharding = (scenario: Scenario): Sharding => (scenario.gpus === 1 ? "none" : scenario.sharding);

const SHARDED: Readonly<Record<Sharding, Readonly<{ parameters: boolean; gradients: boolean; optimizer: boolean }>>> = {
  none: { parameters: false, gradients: false, optimizer: false },
  ddp: { parameters: false, gradients: false, optimizer: false },
  zero1: { parameters: false, gradients: false, optimizer: true },
  zero2: { parameters: false, gradients: true, optimizer: true },
  zero3: { parameters: true, gradients: true, optimizer: true },
  fsdp1: { parameters: true, gradients: true, optimizer: true },
  fsdp2: { parameters: true, gradients: true, optimizer: true },
};

/** Parameters outside the layers, and those of the largest layer. */
const unitsOf = (
  tensors: readonly TensorGroup[],
  layerCounts: ReadonlyMap<string, number>,
): Readonly<{ root: number; layer: number }> => {
  let root = 0;
  const layers = new Map<string, number>();
  for (const { layerKind, elements, count } of tensors)
    if (layerKind === null) root += elements * count;
    else layers.set(layerKind, (layers.get(layerKind) ?? 0) + (elements * count) / (layerCounts.get(layerKind) ?? 1));
  return { root, layer: Math.max(0, ...layers.values()) };
};

const gatheredUnits = (
  sharding: Sharding,
  units: Readonly<{ root: number; layer: number }>,
  bytesEach: number,
): Amount => {
  const bytesInput = constant("bytes gathered", bytesEach);
  const root: Amount = {
    bytes: Math.ceil(units.root * bytesEach),
    formula: product(counted("parameters outside the layers", units.root), bytesInput),
  };
  const layer = times(constant("layers gathered", LAYERS_GATHERED), {
    bytes: Math.ceil(units.layer * bytesEach),
    formula: product(counted("parameters of a layer", units.layer), bytesInput),
  });
  if (sharding === "fsdp1" || sharding === "fsdp2") return plus(root, layer);
  return root.bytes > layer.bytes ? root : layer;
};

/**
 * What one of N ranks holds. DDP: everything and a copy of the gradients in buckets. ZeRO-1: optimizer states / N. ZeRO-2: and gradients / N. ZeRO-3
 * and FSDP: and parameters / N, with the unit at work gathered (FSDP: embedding and head, and two layers; ZeRO-3: the larger of the two).
 * Plain division: uneven shards, reduce buckets and the unsharded gradients of the unit at work are left out.
 *
 * @see Rajbhandari et al. 2020, "ZeRO", section 5; torch/distributed/fsdp/_fully_shard; torch/nn/parallel/distributed.py (`gradient_as_bucket_view`).
 */
export const placementOf = (
  scenario: Scenario,
  tensors: readonly TensorGroup[],
  layerCounts: ReadonlyMap<string, number>,
): Placement => {
  const sharding = effectiveSharding(scenario);
  const { parameters, gradients, optimizer } = SHARDED[sharding];
  const areWeightsOnHost = scenario.offload === "all";
  const isGathered = parameters || areWeightsOnHost;
  const bytesEach =
    scenario.method.kind === "qlora" && scenario.method.quantization.kind !== "bnb-8bit" ? 0.5 : COMPUTE_BYTES;
  return {
    parameterShards: parameters ? scenario.gpus : 1,
    gradientShards: gradients ? scenario.gpus : 1,
    optimizerShards: optimizer ? scenario.gpus : 1,
    isOptimizerOnHost: scenario.offload !== "none",
    areWeightsOnHost,
    gathered: isGathered ? gatheredUnits(sharding, unitsOf(tensors, layerCounts), bytesEach) : NOTHING,
    hasBuckets: sharding === "ddp",
  };
};

/** A part divided over ranks. */
export const shardOf = (amount: Amount, shards: number): Amount => share(amount, setting("gpus", shards));
