import { activationsOf } from "#calc/activations/activations.ts";
import { isHeadTrained } from "#calc/activations/model-tensors.ts";
import type { TensorGroup } from "#calc/count/tensor-group.ts";
import { bytesPerParameter } from "#calc/dtype.ts";
import type { ModelLayout } from "#calc/families/model-layout.ts";
import { type Amount, NOTHING, plus } from "#calc/formula/amount.ts";
import { constant } from "#calc/formula/inputs.ts";
import { gradientsOf } from "#calc/gradients/gradients.ts";
import type { LossContext } from "#calc/loss/loss-memory.ts";
import { lossMemory } from "#calc/loss/loss.ts";
import type { Machine } from "#calc/machine.ts";
import { optimizerStates } from "#calc/optimizers/optimizer-memory.ts";
import { OPTIMIZERS_BY_ID } from "#calc/optimizers/optimizers.ts";
import { placementOf, type Placement, shardOf } from "#calc/parallel/placement.ts";
import { computeScenario, storageScenario } from "#calc/parallel/sharding.ts";
import type { Scenario } from "#calc/scenario.ts";
import { elementwise } from "#calc/trained/elementwise.ts";
import type { TrainedTensor } from "#calc/trained/trained-tensor.ts";
import { trainedTensors } from "#calc/trained/trained-tensors.ts";
import { baseFormat, baseWeights } from "#calc/weights/base-weights.ts";
import { castCopies, type CastWeights } from "#calc/weights/cast-copies.ts";
import type { Holdings } from "./holdings.ts";

/** A scenario with its model taken apart into tensors. */
export type StepInput = Readonly<{
  scenario: Scenario;
  machine: Machine;
  layout: ModelLayout;
  base: readonly TensorGroup[];
  /** LoRA's tensors; none under full fine-tuning. */
  adapters: readonly TensorGroup[];
}>;

const FP32_BYTES = 4;
const SIXTEEN_BIT_BYTES = 2;

/** How the head's weight is kept: as its own base tensor, which may be the embedding. */
const headBytesOf = ({ scenario, layout, base }: StepInput): number => {
  if (scenario.method.kind !== "full" && isHeadTrained(scenario))
    return bytesPerParameter(scenario.method.lora.adapters);
  const head = base.find((tensor) => tensor.role === (layout.head.tied ? "embedding" : "head"));
  return head === undefined ? FP32_BYTES : bytesPerParameter(baseFormat(head, scenario));
};

const lossContextOf = ({ scenario, layout }: StepInput, headBytes: number): LossContext => ({
  micro_batch_size: scenario.micro_batch_size,
  sequence_length: scenario.sequence_length,
  vocab_size: layout.head.module.out_features,
  hidden_size: scenario.architecture.hidden_size,
  logitsBytes: scenario.autocast || headBytes <= SIXTEEN_BIT_BYTES ? SIXTEEN_BIT_BYTES : FP32_BYTES,
  headBytes,
  isHeadTrained: isHeadTrained(scenario),
  isSoftcapped: scenario.architecture.final_logit_softcapping !== undefined,
});

const optimizerOf = (
  input: StepInput,
  trained: readonly TrainedTensor[],
  placement: Placement,
): Pick<Holdings, "optimizer" | "optimizerTemporaries"> => {
  if (placement.isOptimizerOnHost) return { optimizer: NOTHING, optimizerTemporaries: NOTHING };
  const { scenario, machine } = input;
  return {
    optimizer: shardOf(optimizerStates(scenario, machine, trained), placement.optimizerShards),
    optimizerTemporaries: shardOf(OPTIMIZERS_BY_ID[scenario.optim].temporaries(trained), placement.optimizerShards),
  };
};

const cublasOf = ({ cublasWorkspaceBytes }: Machine): Amount =>
  cublasWorkspaceBytes === 0
    ? NOTHING
    : { bytes: cublasWorkspaceBytes, formula: [constant("cuBLAS workspace", cublasWorkspaceBytes)] };

const weightsOnCard = (amount: Amount, placement: Placement): Amount =>
  placement.areWeightsOnHost ? NOTHING : shardOf(amount, placement.parameterShards);

/** Which weights autocast has to copy. A quantised linear brings its own 16-bit weight. */
const castWeightsOf = ({ autocast, method, weights }: Scenario, headBytes: number): CastWeights => ({
  areLinearsCast: autocast && method.kind !== "qlora" && bytesPerParameter(weights) > SIXTEEN_BIT_BYTES,
  areAdaptersCast: autocast && method.kind !== "full" && bytesPerParameter(method.lora.adapters) > SIXTEEN_BIT_BYTES,
  isHeadCast: autocast && headBytes > SIXTEEN_BIT_BYTES,
  isBaseTrained: method.kind === "full",
});

/** Everything that one rank holds in the step of this scenario. */
export const holdingsOf = (given: StepInput): Holdings => {
  const { scenario: asked, machine, layout, base, adapters } = given;
  const scenario = storageScenario(asked);
  const input = { ...given, scenario };
  const trained = trainedTensors(scenario, scenario.method.kind === "full" ? base : adapters);
  const placement = placementOf(
    scenario,
    base,
    new Map(layout.layers.map(({ kind, count }) => [kind, Math.max(1, count)])),
  );
  const gradients = gradientsOf(layout, trained, scenario.method.kind === "full");
  const compute = computeScenario(asked);
  const headBytes = headBytesOf({ ...input, scenario: compute });
  const adapterWeights = adapters.length === 0 ? NOTHING : elementwise(trained, 1, (tensor) => tensor.parameterBytes);
  return {
    scenario,
    weights: weightsOnCard(baseWeights(scenario, base), placement),
    adapters: weightsOnCard(adapterWeights, placement),
    ...optimizerOf(input, trained, placement),
    gradients,
    gradientShards: placement.gradientShards,
    activations: activationsOf(compute, layout),
    loss: lossMemory(scenario.loss, lossContextOf(input, headBytes)),
    copies: castCopies(layout, { base, adapters }, castWeightsOf(compute, headBytes)),
    standingWorkspace: plus(cublasOf(machine), placement.hasBuckets ? gradients.all : NOTHING),
    gathered: placement.gathered,
    unreduced: placement.unreduced,
    gradientsAddInPlace: machine.gradientsAddInPlace,
  };
};
