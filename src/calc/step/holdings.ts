import { adapterTensors } from "#calc/count/adapter-tensors.ts";
import { baseTensors } from "#calc/count/base-tensors.ts";
import type { TensorGroup } from "#calc/count/tensor-group.ts";
import { layoutOf } from "#calc/families/layout-of.ts";
import type { ModelLayout } from "#calc/families/model-layout.ts";
import { type Amount, NOTHING } from "#calc/formula/amount.ts";
import { constant } from "#calc/formula/inputs.ts";
import type { Machine } from "#calc/machine.ts";
import { optimizerStates } from "#calc/optimizers/optimizer-memory.ts";
import { OPTIMIZERS_BY_ID } from "#calc/optimizers/optimizers.ts";
import { placementOf, shardOf } from "#calc/parallel/placement.ts";
import { storageScenario } from "#calc/parallel/sharding.ts";
import type { Gathered, Unreduced } from "#calc/parallel/unit-at-work.ts";
import type { Scenario } from "#calc/scenario.ts";
import { elementwise } from "#calc/trained/elementwise.ts";
import { trainedTensors } from "#calc/trained/trained-tensors.ts";
import { baseWeights } from "#calc/weights/base-weights.ts";

/** What one rank holds whatever layers do: the moments say when. */
export type Holdings = Readonly<{
  weights: Amount;
  adapters: Amount;
  optimizer: Amount;
  optimizerTemporaries: Amount;
  gradientShards: number;
  /** Alive at every moment after loading: cuBLAS's scratch memory, and DDP's copy of the gradients. */
  cublas: Amount;
  buckets: Amount;
  /** Alive while forward and backward run: gathered parameters. */
  gathered: Gathered;
  /** Gradients of a layer, and of what stands outside the layers, before they are reduced over the ranks. */
  unreduced: Unreduced;
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

/** Everything that one rank holds beside what forward and backward make. */
export const holdingsOf = ({ scenario: asked, machine, layout, base, adapters }: StepInput): Holdings => {
  const scenario = storageScenario(asked);
  const trained = trainedTensors(scenario, scenario.method.kind === "full" ? base : adapters);
  const placement = placementOf(
    scenario,
    base,
    new Map(layout.layers.map(({ kind, count }) => [kind, Math.max(1, count)])),
  );
  const { parameterShards, gradientShards, optimizerShards, gathered, unreduced } = placement;
  const onCard = (isOnHost: boolean, shards: number, amount: () => Amount): Amount =>
    isOnHost ? NOTHING : shardOf(amount(), shards);
  const { areWeightsOnHost, isOptimizerOnHost } = placement;
  return {
    weights: onCard(areWeightsOnHost, parameterShards, () => baseWeights(scenario, base)),
    adapters: onCard(areWeightsOnHost || adapters.length === 0, parameterShards, () =>
      elementwise(trained, 1, (tensor) => tensor.parameterBytes),
    ),
    optimizer: onCard(isOptimizerOnHost, optimizerShards, () => optimizerStates(scenario, machine, trained)),
    optimizerTemporaries: onCard(isOptimizerOnHost, optimizerShards, () =>
      OPTIMIZERS_BY_ID[scenario.optim].temporaries(trained),
    ),
    gradientShards,
    cublas: cublasOf(machine),
    buckets: placement.hasBuckets ? elementwise(trained, 1, (tensor) => tensor.gradientBytes) : NOTHING,
    gathered,
    unreduced,
  };
};
