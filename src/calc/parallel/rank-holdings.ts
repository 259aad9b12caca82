// Weights, gradients, optimizer states and buffers that one rank holds on GPU and host, by sharding.

import { ELEMENT_BYTES, COMPUTE_BYTES } from "#calc/base/dtypes.ts";
import { countElements, elementwiseBytes } from "#calc/parameters/counts.ts";
import { type PlannedTensor, type TrainedTensor, trainedTensors } from "#calc/parameters/parameter-tensors.ts";
import { type Amount, NOTHING, plus, share, times, counted, setting } from "#calc/base/formula.ts";
import { ranksOfExperts } from "#calc/model/division.ts";
import { isCopyShared } from "#calc/model/objective.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Code } from "#calc/step/strategy.ts";
import type { ModelsBeside, Holdings, StepInput } from "#calc/step/holdings.ts";
import {
  modelsBeside,
  holdingsOfOneGpu,
  stepInputOf,
  tensorsOfCopy,
  weightsOfModels,
} from "#calc/step/gpu-holdings.ts";
import { baseWeightBytes } from "#calc/parameters/weight-bytes.ts";
import { flatAmount, largestOf, zeroBuckets, zeroStep } from "./zero-step.ts";
import { hasAdaptersWhole, isZero, keptScenario, keptScenarioOfCopy } from "./kept-types.ts";
import { flatParts, shardedEvenly, shardedByRows } from "./sharding.ts";
import { stageTensors } from "./pipeline-stages.ts";

/**
 * DDP's buckets. Together they are as large as all gradients of a type, however the gradients are split into buckets.
 *
 * @see torch/csrc/distributed/c10d/reducer.cpp, `Reducer::initialize_buckets`
 */
const bucketsOf = (trained: readonly TrainedTensor[]): Amount => {
  const sizes = [...new Set(trained.map(({ gradientBytes }) => gradientBytes))];
  return plus(
    ...sizes.map((size) => {
      const alike = trained.filter(({ gradientBytes }) => gradientBytes === size);
      return flatAmount("trained parameters", countElements(alike), size);
    }),
  );
};

/**
 * The scales of 4-bit blocks, which bitsandbytes keeps whole on every rank beside the packed weights. None where they are sharded with the weights: then they
 * are also gathered with a layer, which is not counted (3 % of its packed weights).
 */
const scalesOf = ({ fsdp }: Scenario, base: readonly PlannedTensor[]): Amount => {
  if (fsdp?.scalesSharded) return NOTHING;
  const quantized = base.filter(({ quantization }) => quantization?.kind === "bnb-4bit");
  if (quantized.length === 0) return NOTHING;
  const packed = countElements(quantized) / 2;
  const scales = baseWeightBytes(quantized).bytes - packed;
  return { bytes: scales, formula: [counted("bytes of scales", scales)] };
};

/** The scales of the other ranks' shards, which `baseWeights` of a shard does not have. */
const othersScales = (scales: Amount, gpus: number): Amount =>
  times(counted("other ranks", gpus - 1), share(scales, setting("gpus", gpus)));

type Shared = Readonly<{ base: readonly PlannedTensor[]; adapters: readonly PlannedTensor[] }>;

/** A rank's shards of all tensors. */
const sharesOf = ({ scenario, base, adapters }: StepInput): Shared => {
  const { sharding, method, gpus } = scenario;
  const ofExperts = ranksOfExperts(scenario);
  const byRows: typeof shardedEvenly = (tensors, ranks) =>
    tensors.flatMap((tensor) => shardedByRows([tensor], tensor.role === "experts" ? ofExperts : ranks));
  const cut = sharding === "fsdp2" ? byRows : shardedEvenly;
  // A quantised matrix keeps its two dimensions, from which its format is sized.
  const cutBase = method.kind === "qlora" ? shardedByRows : cut;
  return {
    base: cutBase(base, gpus),
    adapters: hasAdaptersWhole(scenario) ? adapters : cut(adapters, gpus),
  };
};

/** The tensors of which a rank keeps parameters, and those of which it keeps optimizer states: whole or sharded. */
const sharedTensors = (input: StepInput): Readonly<{ parameters: Shared; states: Shared }> => {
  const { scenario, base, adapters } = input;
  const whole = { base, adapters };
  const { sharding, gpus } = scenario;
  const shares = sharesOf(input);
  switch (sharding) {
    case "none":
    case "ddp":
      return { parameters: whole, states: whole };
    case "zero1":
    case "zero2":
      return { parameters: whole, states: { base: flatParts(base, gpus), adapters: flatParts(adapters, gpus) } };
    case "zero3":
    case "fsdp1":
    case "fsdp2":
      return { parameters: shares, states: shares };
    default:
      return sharding satisfies never;
  }
};

/** What a rank keeps of models beside the trained one: shards of a copy that TRL shares out (`copyHooks`), a packed one and a teacher whole. */
const sharesBeside = ({ sharding, gpus, reference }: Scenario, { copy, teacher }: ModelsBeside): ModelsBeside => {
  if (reference !== "copy") return { copy, teacher };
  switch (sharding) {
    case "fsdp2":
      return { copy: shardedByRows(copy, gpus), teacher };
    case "fsdp1":
    case "zero3":
      return { copy: shardedEvenly(copy, gpus), teacher };
    case "none":
    case "ddp":
    case "zero1":
    case "zero2":
      return { copy, teacher };
    default:
      return sharding satisfies never;
  }
};

/** Models beside the trained one that are whole on every rank, and nobody's to move: a teacher, a packed copy. */
const notShared = ({ reference }: Scenario, { copy, teacher }: ModelsBeside): ModelsBeside => ({
  copy: isCopyShared(reference) ? [] : copy,
  teacher,
});

/** What stands outside a copy's layers, which FSDP1 leaves whole in 16 bits from its first forward on (`copyHooks`). */
const wholeOfCopy = ({ layoutOf }: Code["families"], scenario: Scenario): Amount => {
  if (scenario.sharding !== "fsdp1" || scenario.reference !== "copy") return NOTHING;
  const outside = tensorsOfCopy((architecture) => ({ ...layoutOf(architecture), layers: [] }), scenario);
  return outside.length === 0
    ? NOTHING
    : flatAmount("elements outside the copy's layers", countElements(outside), COMPUTE_BYTES);
};

/** The strategy's own buffers, and the gradients that a rank keeps beside the tape. */
type Own = Readonly<{ buffers: Amount; gradients: Amount }>;

/** Trained tensors, whole and as the optimizer states of a rank have them; and all tensors, whole. */
type Trained = Readonly<Record<"whole" | "shares" | "all", readonly PlannedTensor[]>>;

/** Small parameters, of which stage 3 keeps a whole copy on every rank beside the shards. */
const persistent = (scenario: Scenario, tensors: readonly PlannedTensor[]): Amount => {
  const { persistent: limit } = zeroBuckets(scenario.architecture.hidden_size);
  const small = tensors.filter(({ elements }) => elements < limit);
  return flatAmount("elements of small parameters", countElements(small), COMPUTE_BYTES);
};

const ownOf = (scenario: Scenario, { whole, shares, all }: Trained): Own => {
  const nothing = { buffers: NOTHING, gradients: NOTHING };
  const { hidden_size } = scenario.architecture;
  switch (scenario.sharding) {
    case "ddp":
      return { ...nothing, buffers: bucketsOf(trainedTensors(scenario, whole)) };
    case "zero1":
    case "zero2":
      // On its way to the host a gradient goes through a buffer of the largest one's size (`temp_grad_buffer_for_gpu_offload`).
      return scenario.offload === "none"
        ? nothing
        : { ...nothing, buffers: flatAmount("elements of the largest tensor", largestOf(whole), COMPUTE_BYTES) };
    case "zero3":
      return {
        buffers: plus(
          flatAmount("elements of the reduce bucket", zeroBuckets(hidden_size).reduceBucket, COMPUTE_BYTES),
          persistent(scenario, all),
        ),
        gradients: flatAmount("trained parameters of a rank", countElements(shares), COMPUTE_BYTES),
      };
    case "none":
    case "fsdp1":
    case "fsdp2":
      return nothing;
    default:
      return scenario.sharding satisfies never;
  }
};

/** Gradients in host memory, where the optimizer runs there: in fp32 with DeepSpeed, in their own type with FSDP. */
const hostGradients = (scenario: Scenario, shares: readonly PlannedTensor[]): Amount =>
  scenario.sharding.startsWith("zero")
    ? flatAmount("trained parameters of a rank", countElements(shares), ELEMENT_BYTES.fp32)
    : elementwiseBytes(trainedTensors(scenario, shares), 1, (tensor) => tensor.gradientBytes);

/** Of the weights: all scales, which are no parameters, those of models that nobody shares out, and what can be moved. */
type Parts = Readonly<Record<"scales" | "staying" | "moved", Amount>>;

/** Moves what is offloaded from the card to host memory. */
const offloaded = (holdings: Holdings, { scales, staying, moved }: Parts): Holdings => {
  const { kept, optimizer, adapters } = holdings;
  const { scenario: stored, states: shares } = kept;
  if (stored.offload === "none") return holdings;
  const isZero = stored.sharding.startsWith("zero");
  const onCard = { ...holdings, optimizer: NOTHING, optimizerTemporaries: NOTHING };
  const gradients = isZero || stored.offload === "all" ? hostGradients(stored, shares) : NOTHING;
  if (stored.offload === "optimizer") return { ...onCard, gradients: NOTHING, host: plus(optimizer, gradients) };
  return {
    ...onCard,
    weights: plus(scales, staying),
    scales,
    beside: staying,
    adapters: NOTHING,
    gradients: NOTHING,
    host: plus(moved, adapters, optimizer, gradients),
  };
};

/**
 * What one of N ranks holds beside the tensors of forward and backward.
 *
 * - DDP: everything, and a copy of the gradients in buckets.
 * - ZeRO-1 and 2: all parameters, 1/N of the states. Gradients are on the tape.
 * - ZeRO-3: 1/N of parameters and states, 1/N of the gradients in one buffer, and the bucket that they are reduced in.
 * - FSDP: 1/N of parameters and states. Gradients are on the tape. Where ranks share out experts: of experts 1/N of a rank's own, and adapters whole.
 *
 * Scales of a quantised base are whole on every rank, except torchao's.
 *
 * @see torch/nn/parallel/distributed.py (`gradient_as_bucket_view`); deepspeed/runtime/zero/stage_1_and_2.py, stage3.py; Rajbhandari et al. 2020,
 * "ZeRO", section 5; Ren et al. 2021, "ZeRO-Offload"; torch/distributed/fsdp/_fully_shard/_fsdp_api.py, `CPUOffloadPolicy`
 */
export const rankHoldings = (code: Code, whole: StepInput): Holdings => {
  const scenario = keptScenario(whole.scenario);
  const kept = stepInputOf(code, scenario, whole.machine);
  const input = { ...kept, ...stageTensors(code.families, kept) };
  const { parameters, states } = sharedTensors(input);
  const isFull = scenario.method.kind === "full";
  const beside = modelsBeside(code.families, keptScenarioOfCopy(whole.scenario));
  const trained = {
    whole: isFull ? input.base : input.adapters,
    shares: isFull ? states.base : states.adapters,
    all: [...input.base, ...input.adapters, ...(isCopyShared(scenario.reference) ? beside.copy : [])],
  };
  const own = ownOf(scenario, trained);
  const besideHere = sharesBeside(scenario, beside);
  const held = holdingsOfOneGpu(code, { ...input, ...parameters }, besideHere);
  const { optimizer, optimizerTemporaries } = holdingsOfOneGpu(code, { ...input, ...states });
  const scales = parameters.base === input.base ? NOTHING : othersScales(scalesOf(scenario, input.base), scenario.gpus);
  const holdings: Holdings = {
    ...held,
    kept: { scenario, ...parameters, states: trained.shares, beside: held.kept.beside },
    weights: plus(held.weights, scales),
    scales,
    optimizer,
    optimizerTemporaries: isZero(scenario)
      ? zeroStep(code, input, { ...trained, states, optimizer: optimizerTemporaries })
      : optimizerTemporaries,
    gradients: own.gradients,
    buffers: plus(own.buffers, wholeOfCopy(code.families, scenario)),
  };
  return offloaded(holdings, {
    scales: scalesOf(scenario, input.base),
    staying: weightsOfModels(notShared(scenario, beside)),
    moved: plus(
      baseWeightBytes(parameters.base),
      baseWeightBytes(isCopyShared(scenario.reference) ? besideHere.copy : []),
      scales,
    ),
  });
};
