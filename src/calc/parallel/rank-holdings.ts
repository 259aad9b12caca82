import { allocated } from "#calc/allocation.ts";
import type { TensorGroup } from "#calc/count/tensor-group.ts";
import { type Amount, NOTHING, plus, product, share, times } from "#calc/formula/amount.ts";
import { constant, counted, setting } from "#calc/formula/inputs.ts";
import type { Scenario } from "#calc/scenario.ts";
import { type Holdings, holdingsAlone, type StepInput } from "#calc/step/holdings.ts";
import { elementwise } from "#calc/trained/elementwise.ts";
import type { TrainedTensor } from "#calc/trained/trained-tensor.ts";
import { trainedTensors } from "#calc/trained/trained-tensors.ts";
import { baseWeights, isQuantized } from "#calc/weights/base-weights.ts";
import { keptScenario } from "./kept-scenario.ts";
import { sharedEvenly, shardedByRows } from "./sharded-tensors.ts";
import { stageTensors } from "./stage-tensors.ts";
import { ZERO_DEFAULTS } from "./zero-defaults.ts";

const COMPUTE_BYTES = 2;
const FP32_BYTES = 4;

const elementsOf = (tensors: readonly Pick<TensorGroup, "elements" | "count">[]): number =>
  tensors.reduce((total, { elements, count }) => total + elements * count, 0);

const flat = (name: string, elements: number, bytesEach: number): Amount => ({
  bytes: allocated(elements * bytesEach),
  formula: product(counted(name, elements), constant("bytes each", bytesEach)),
});

/**
 * DDP's buckets, one after the other: as much as all gradients of a type, however their tensors are put into buckets.
 *
 * @see torch/csrc/distributed/c10d/reducer.cpp, `Reducer::initialize_buckets`
 */
const bucketsOf = (trained: readonly TrainedTensor[]): Amount => {
  const sizes = [...new Set(trained.map(({ gradientBytes }) => gradientBytes))];
  return plus(
    ...sizes.map((size) => {
      const alike = trained.filter(({ gradientBytes }) => gradientBytes === size);
      return flat("trained parameters", elementsOf(alike), size);
    }),
  );
};

/** Scales of 4-bit blocks that stand beside the packed weights, whole on every rank; none where they are divided with them (and gathered with a layer: 3 % of its packed weights, not counted). */
const scalesOf = (scenario: Scenario, base: readonly TensorGroup[]): Amount => {
  const { method, fsdp } = scenario;
  if (fsdp?.scalesSharded || method.kind !== "qlora" || method.quantization.kind !== "bnb-4bit") return NOTHING;
  const quantized = base.filter((tensor) => isQuantized(tensor, scenario));
  const packed = elementsOf(quantized) / 2;
  const scales = baseWeights(scenario, quantized).bytes - packed;
  return { bytes: scales, formula: [counted("bytes of scales", scales)] };
};

/** What sharding leaves out of `baseWeights` of a shard: the scales of the other ranks' shards. */
const othersScales = (scales: Amount, gpus: number): Amount =>
  times(counted("other ranks", gpus - 1), share(scales, setting("gpus", gpus)));

type Shared = Readonly<{ base: readonly TensorGroup[]; adapters: readonly TensorGroup[] }>;

/** The tensors as a rank keeps parameters, and as it keeps what the optimizer needs of them. */
const sharedTensors = ({ scenario, base, adapters }: StepInput): Readonly<{ parameters: Shared; states: Shared }> => {
  const whole = { base, adapters };
  const { sharding, method, gpus } = scenario;
  const cut = sharding === "fsdp2" ? shardedByRows : sharedEvenly;
  // Formats of quantised matrices go by rows and columns.
  const cutBase = method.kind === "qlora" ? shardedByRows : cut;
  const shares = { base: cutBase(base, gpus), adapters: cut(adapters, gpus) };
  switch (sharding) {
    case "none":
    case "ddp":
      return { parameters: whole, states: whole };
    case "zero1":
    case "zero2":
      return { parameters: whole, states: shares };
    case "zero3":
    case "fsdp1":
    case "fsdp2":
      return { parameters: shares, states: shares };
    default:
      return sharding satisfies never;
  }
};

/** What the strategy's own buffers take, what a rank keeps of gradients beside the tape, and what the optimizer's step needs besides. */
type Own = Readonly<{ buffers: Amount; gradients: Amount; temporaries: Amount }>;

const ownOf = (
  scenario: Scenario,
  { whole, shares }: Readonly<Record<"whole" | "shares", readonly TensorGroup[]>>,
): Own => {
  const nothing = { buffers: NOTHING, gradients: NOTHING, temporaries: NOTHING };
  const trained = elementsOf(shares);
  const bucket = flat("elements of the reduce bucket", ZERO_DEFAULTS.reduceBucket, COMPUTE_BYTES);
  switch (scenario.sharding) {
    case "ddp":
      return { ...nothing, buffers: bucketsOf(trainedTensors(scenario, whole)) };
    case "zero1":
    case "zero2":
      return {
        ...nothing,
        buffers: bucket,
        temporaries: flat("trained parameters of a rank", trained, COMPUTE_BYTES + FP32_BYTES),
      };
    case "zero3":
      return {
        buffers: plus(bucket, flat("parameters gathered ahead", ZERO_DEFAULTS.prefetchBucket, COMPUTE_BYTES)),
        gradients: flat("trained parameters of a rank", trained, COMPUTE_BYTES),
        temporaries: flat("parameters updated at once", Math.min(trained, ZERO_DEFAULTS.subGroup), FP32_BYTES),
      };
    case "none":
    case "fsdp1":
    case "fsdp2":
      return nothing;
    default:
      return scenario.sharding satisfies never;
  }
};

/** DeepSpeed's optimizer on the host keeps gradients there in fp32; FSDP's keeps them as they are. */
const hostGradients = (scenario: Scenario, shares: readonly TensorGroup[]): Amount =>
  scenario.sharding.startsWith("zero")
    ? flat("trained parameters of a rank", elementsOf(shares), FP32_BYTES)
    : elementwise(trainedTensors(scenario, shares), 1, (tensor) => tensor.gradientBytes);

/** Moves what is offloaded from the card to host memory. */
const offloaded = (holdings: Holdings, allScales: Amount): Holdings => {
  const { kept, optimizer, weights, adapters } = holdings;
  const { scenario: stored, states: shares } = kept;
  if (stored.offload === "none") return holdings;
  const isZero = stored.sharding.startsWith("zero");
  const onCard = { ...holdings, optimizer: NOTHING, optimizerTemporaries: NOTHING };
  const gradients = isZero || stored.offload === "all" ? hostGradients(stored, shares) : NOTHING;
  if (stored.offload === "optimizer") return { ...onCard, gradients: NOTHING, host: plus(optimizer, gradients) };
  return {
    ...onCard,
    // Scales are no parameters: they stay where the quantisation put them.
    weights: allScales,
    scales: allScales,
    adapters: NOTHING,
    gradients: NOTHING,
    host: plus(weights, adapters, optimizer, gradients),
  };
};

/**
 * What one of N ranks holds whatever layers do. DDP: everything, and a copy of the gradients in buckets. ZeRO-1 and 2: the states of 1/N of what is
 * trained, a bucket for reducing, in the step an fp32 copy of its gradients. ZeRO-3: also 1/N of the parameters and, in one buffer, of the gradients.
 * FSDP: 1/N of parameters and states; gradients are on the tape. Scales of a quantised base are whole everywhere, but for torchao's.
 *
 * @see torch/nn/parallel/distributed.py (`gradient_as_bucket_view`); deepspeed/runtime/zero/stage_1_and_2.py, stage3.py; Rajbhandari et al. 2020,
 * "ZeRO", section 5; Ren et al. 2021, "ZeRO-Offload"; torch/distributed/fsdp/_fully_shard/_fsdp_api.py, `CPUOffloadPolicy`
 */
export const rankHoldings = (whole: StepInput): Holdings => {
  const input = { ...whole, ...stageTensors(whole) };
  const scenario = keptScenario(input.scenario);
  const { parameters, states } = sharedTensors(input);
  const isFull = scenario.method.kind === "full";
  const own = ownOf(scenario, {
    whole: isFull ? input.base : input.adapters,
    shares: isFull ? states.base : states.adapters,
  });
  const kept = holdingsAlone({ ...input, scenario, ...parameters });
  const { optimizer, optimizerTemporaries } = holdingsAlone({ ...input, scenario, ...states });
  const scales = parameters.base === input.base ? NOTHING : othersScales(scalesOf(scenario, input.base), scenario.gpus);
  const holdings: Holdings = {
    ...kept,
    kept: { scenario, ...parameters, states: isFull ? states.base : states.adapters },
    weights: plus(kept.weights, scales),
    scales,
    optimizer,
    optimizerTemporaries: plus(optimizerTemporaries, own.temporaries),
    gradients: own.gradients,
    buffers: own.buffers,
  };
  return offloaded(holdings, scalesOf(scenario, input.base));
};
