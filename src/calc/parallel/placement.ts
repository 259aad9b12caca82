import type { TensorGroup } from "#calc/count/tensor-group.ts";
import { type Amount, share } from "#calc/formula/amount.ts";
import { setting } from "#calc/formula/inputs.ts";
import type { Scenario } from "#calc/scenario.ts";
import { COMPUTE_BYTES, effectiveSharding, SHARDED } from "./sharding.ts";
import {
  type Gathered,
  gatheredUnits,
  NOTHING_GATHERED,
  NOTHING_UNREDUCED,
  unitsOf,
  type Unreduced,
  unreducedUnits,
} from "./unit-at-work.ts";

/** Over how many ranks each part of the state is divided, and what a rank holds besides. */
export type Placement = Readonly<{
  parameterShards: number;
  gradientShards: number;
  optimizerShards: number;
  isOptimizerOnHost: boolean;
  areWeightsOnHost: boolean;
  /** Whole parameters of the unit at work, gathered from the other ranks or from the host, while forward and backward run. */
  gathered: Gathered;
  unreduced: Unreduced;
  /** Whether gradients are copied into communication buckets. */
  hasBuckets: boolean;
}>;

/** Bytes of a gathered parameter: 4-bit weights are gathered as they are stored. */
const FOUR_BIT_BYTES = 0.5;

const gatheredBytes = ({ method }: Scenario): number =>
  method.kind === "qlora" && method.quantization.kind !== "bnb-8bit" ? FOUR_BIT_BYTES : COMPUTE_BYTES;

/**
 * What one of N ranks holds. DDP: everything and a copy of the gradients in buckets. ZeRO-1: optimizer states / N. ZeRO-2: and gradients / N. ZeRO-3
 * and FSDP: and parameters / N, with the unit at work gathered and, where it is trained, its gradients whole before they are reduced.
 * Plain division: uneven shards and the buckets of ZeRO are left out.
 *
 * @see Rajbhandari et al. 2020, "ZeRO", section 5; torch/nn/parallel/distributed.py (`gradient_as_bucket_view`).
 */
export const placementOf = (
  scenario: Scenario,
  tensors: readonly TensorGroup[],
  layerCounts: ReadonlyMap<string, number>,
): Placement => {
  const sharding = effectiveSharding(scenario);
  const { parameters, gradients, optimizer } = SHARDED[sharding];
  const areWeightsOnHost = scenario.offload === "all";
  const units = unitsOf(tensors, layerCounts);
  const shards = (isSharded: boolean): number => (isSharded ? scenario.gpus : 1);
  return {
    parameterShards: shards(parameters),
    gradientShards: shards(gradients),
    optimizerShards: shards(optimizer),
    isOptimizerOnHost: scenario.offload !== "none",
    areWeightsOnHost,
    gathered:
      parameters || areWeightsOnHost ? gatheredUnits(sharding, units, gatheredBytes(scenario)) : NOTHING_GATHERED,
    unreduced: parameters && scenario.method.kind === "full" ? unreducedUnits(units) : NOTHING_UNREDUCED,
    hasBuckets: sharding === "ddp",
  };
};

/** A part divided over ranks. */
export const shardOf = (amount: Amount, shards: number): Amount => share(amount, setting("gpus", shards));
