// Tape options of one of several ranks: ZeRO's buffers, FSDP's units, stages, stored types.

import { COMPUTE_BYTES } from "#calc/base/dtypes.ts";
import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import type { StepOptions, GatheredCopy, RankOptions, ZeroOptions } from "#calc/model/step-options.ts";
import type { Machine } from "#calc/base/machine.ts";
import { isCopyShared } from "#calc/model/objective.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Families } from "#calc/families/families.ts";
import type { Code } from "#calc/step/strategy.ts";
import type { Module } from "#calc/model/layout.ts";
import { ranksOfExperts } from "#calc/model/division.ts";
import { stepInputOf, tensorsOfCopy } from "#calc/step/gpu-holdings.ts";
import { elementOf, tapeOptionsOfOneGpu } from "#calc/step/step-options.ts";
import { baseWeightBytes } from "#calc/parameters/weight-bytes.ts";
import { adapterFormat } from "#calc/parameters/storage-formats.ts";
import { countElements } from "#calc/parameters/counts.ts";
import { gatheredInOneType } from "./divided-architecture.ts";
import { type FsdpSettings, fsdpOf, shardedByRows } from "./sharding.ts";
import { ZERO_DEFAULTS, zeroBuckets } from "./zero-step.ts";
import { hasAdaptersWhole, isZero, keptScenario, keptScenarioOfCopy, gatheredTypesScenario } from "./kept-types.ts";
import { stageTensors, microBatchesOf, stageOf } from "./pipeline-stages.ts";

const maxLiveOf = ({ zero }: Scenario): number => zero?.maxLiveParameters ?? ZERO_DEFAULTS.maxLive;

/**
 * DeepSpeed's buffers for a model, or for its stage, in elements. Parameters are counted as 16-bit elements, so that four packed 4-bit weights are one.
 *
 * @see deepspeed/runtime/zero/config.py, `max_live_parameters`, `param_persistence_threshold`
 */
const zeroOf = (code: Code, scenario: Scenario, machine: Machine): ZeroOptions | null => {
  const { architecture, method, sharding, gpus, offload } = scenario;
  if (!isZero(scenario)) return null;
  const { base, adapters } = stageTensors(code.families, stepInputOf(code, keptScenario(scenario), machine));
  const trained = countElements(method.kind === "full" ? base : adapters);
  const parameters = baseWeightBytes(base).bytes / COMPUTE_BYTES + countElements(adapters);
  const maxLive = maxLiveOf(scenario);
  return {
    ...zeroBuckets(architecture.hidden_size),
    share: offload === "none" ? Math.ceil(trained / gpus) : 0,
    live: sharding === "zero3" && parameters > maxLive ? maxLive : 0,
  };
};

/** The types that shards are kept in. */
const storedTypes = (scenario: Scenario): RankOptions["stored"] => {
  const { weights, method } = keptScenario(scenario);
  return {
    weights: elementOf(weights),
    adapters: elementOf(method.kind === "full" ? weights : adapterFormat(method)),
  };
};

type Ends = Pick<RankOptions, "embeddings" | "tiedEnds" | "hasTail" | "reshardsEnds" | "endsWith">;

/** One unit of all that is outside the layers. Beside divided experts it stays gathered: transformers leaves that to FSDP 2, which keeps a root so. */
const oneUnit = ({ division }: Pick<Scenario, "division">, fsdp: FsdpSettings): Omit<Ends, "endsWith"> => ({
  embeddings: [],
  tiedEnds: [],
  hasTail: false,
  reshardsEnds: fsdp.reshardsAfterForward && division?.ep_size === undefined,
});

/**
 * Options of the units outside the layers. They are one unit, or two in ZeRO-3 and where accelerate wraps FSDP2: the embeddings, and norm and head. With a tied
 * head they are one unit again. In a pipeline the last stage has the tied tensor as its head, and so a tail of its own.
 */
const endsOf = ({ layoutOf }: Families, scenario: Scenario, fsdp: FsdpSettings): Ends => {
  const { architecture, sharding, division } = scenario;
  const stage = division && stageOf(architecture.num_hidden_layers, division);
  if (sharding !== "zero3" && (sharding !== "fsdp2" || !fsdp.endsApart))
    return { ...oneUnit(scenario, fsdp), endsWith: stage ? "logits" : "loss" };
  const { embeddings, head } = layoutOf(architecture);
  const names = embeddings.map(({ name }) => name);
  return {
    ...(head.tied ? { embeddings: [], tiedEnds: names } : { embeddings: names, tiedEnds: [] }),
    hasTail: sharding === "fsdp2" && (!head.tied || stage?.isLast === true),
    reshardsEnds: false,
    endsWith: "logits",
  };
};

/**
 * The micro step from which on a stage's forward finds its parameters unsharded; null: it never does. Without resharding after forward they stay so from the
 * very first forward. With it they stay so from the first backward, but the next forward reshards them: only a draining stage, which has none, keeps them.
 */
const unshardedFrom = (
  { gradient_accumulation_steps: count, division }: Scenario,
  fsdp: FsdpSettings,
): number | null => {
  if (division?.stage === undefined) return null;
  if (!fsdp.reshardsAfterForward) return microBatchesOf(count, division).inFlight > 1 ? 0 : 1;
  return division.state === "draining" ? 1 : null;
};

const isInFp32 = (module: Module): boolean => module.kind === "other" && module.tensors.every(({ inFp32 }) => inFp32);

/**
 * Units inside those of layers, where ranks share out experts: the experts, and before them what stays fp32 in a model of 16 bits, as a unit has one type.
 *
 * @see transformers 5.24, distributed/fsdp.py, `apply_fully_sharded_data_parallelism`; distributed/mixin.py, `_resolve_parallel_plans` ("one group per dtype")
 */
const innerOf = ({ layoutOf }: Families, scenario: Scenario): RankOptions["inner"] => {
  if (scenario.division?.ep_size === undefined) return [];
  const modules = layoutOf(scenario.architecture).layers.flatMap((layer) => layer.modules);
  const named = (is: (module: Module) => boolean): readonly string[] => [
    ...new Set(modules.filter(is).map(({ name }) => name)),
  ];
  const inFp32 = keptScenario(scenario).weights === "fp32" ? [] : named(isInFp32);
  return [
    ...inFp32.map((module) => ({ module, ranks: scenario.gpus, inFp32: true })),
    ...named(({ kind }) => kind === "experts").map((module) => ({
      module,
      ranks: ranksOfExperts(scenario),
      inFp32: false,
    })),
  ];
};

/** What FSDP2 and ZeRO-3 gather of the policy's copy; a packed one is whole on every rank. */
const gatheredCopy = ({ families }: Code, scenario: Scenario): GatheredCopy | null => {
  const { gpus, sharding, reference } = scenario;
  if (!isCopyShared(reference)) return null;
  const kept = keptScenarioOfCopy(scenario);
  const tensors = tensorsOfCopy(families.layoutOf, kept);
  const parts = shardedByRows(tensors, gpus);
  const part = countElements(parts);
  const whole = sharding === "zero3" ? Math.min(countElements(tensors), maxLiveOf(scenario)) : gpus * part;
  const blocks = parts.map(({ elements, count }) => count * Math.ceil((gpus * elements * COMPUTE_BYTES) / BLOCK_BYTES));
  return {
    stored: elementOf(kept.weights),
    part,
    gathered: whole,
    wholeBlocks: blocks.reduce((sum, each) => sum + each, 0),
  };
};

const rankOptionsOf = (code: Code, scenario: Scenario, machine: Machine): RankOptions | null => {
  const { sharding, gpus, offload, gradient_accumulation_steps, division } = scenario;
  if (sharding === "none" || sharding === "ddp") return null;
  const fsdp = fsdpOf(scenario);
  return {
    strategy: sharding,
    ranks: gpus,
    reshardsAfterForward: fsdp.reshardsAfterForward,
    ...endsOf(code.families, scenario, fsdp),
    reduce: fsdp.reduce,
    flatWithAdapters: sharding === "fsdp1" && scenario.method.kind === "lora" && fsdp.adaptersInLayers === true,
    noSync: gradient_accumulation_steps > 1 && !fsdp.reducesEachMicroStep,
    waitsForAll: sharding === "fsdp2" && division?.stage !== undefined,
    unshardedFrom: unshardedFrom(scenario, fsdp),
    stored: storedTypes(scenario),
    zero: zeroOf(code, scenario, machine),
    copy: gatheredCopy(code, scenario),
    adaptersWhole: hasAdaptersWhole(scenario),
    inner: innerOf(code.families, scenario),
    castsInputs: fsdp.castsInputs !== false,
    onHost: offload === "all",
  };
};

/** The options of a stage: its layers and micro batches. It ends with the hidden states that it sends, or with a loss whose logits the schedule keeps. */
const stageOptions = ({
  architecture,
  division,
  loss,
  gradient_accumulation_steps,
}: Scenario): Partial<StepOptions> => {
  const stage = division && stageOf(architecture.num_hidden_layers, division);
  if (!stage) return {};
  const { layers, isLast } = stage;
  const { inFlight, steps } = microBatchesOf(gradient_accumulation_steps, division);
  return {
    gradient_accumulation_steps: steps,
    stage: { layers, inFlight, microBatches: gradient_accumulation_steps },
    ...(loss.kind === "full" && { loss: { ...loss, outputsKept: true } }),
    ...(!isLast && { loss: { kind: "full", transformers: "5", outputsKept: true } }),
  };
};

/** The scenario whose layers the tape runs, of a rank that shares out experts: mixed precision gathers all in one type. */
const gatheredScenario = ({ families }: Code, scenario: Scenario): Scenario => {
  const { division, fsdp, architecture } = scenario;
  return division?.ep_size !== undefined && fsdp?.castsInputs
    ? { ...scenario, architecture: gatheredInOneType(families, architecture) }
    : scenario;
};

/** The options with which the tape runs one of several ranks. Layers have the types that they are multiplied in. */
export const rankTapeOptions = (code: Code, scenario: Scenario, machine: Machine): StepOptions => {
  const seen = gatheredScenario(code, gatheredTypesScenario(scenario));
  const options = { ...tapeOptionsOfOneGpu(code, seen, machine), ...stageOptions(scenario) };
  const ranks = rankOptionsOf(code, scenario, machine);
  return ranks === null ? options : { ...options, gradientShare: 1, ranks };
};
