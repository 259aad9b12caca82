import type { Machine } from "#calc/machine.ts";
import type { Scenario } from "#calc/scenario.ts";
import { baseTensors } from "#calc/count/base-tensors.ts";
import { layoutOf } from "#calc/families/layout-of.ts";
import { elementOf, type StepOptions } from "#calc/step/step-options.ts";
import { tapeOptionsAlone } from "#calc/step/tape-options.ts";
import { adapterFormat } from "#calc/weights/adapter-format.ts";
import { keptScenario, seenScenario } from "./kept-scenario.ts";
import type { RankOptions } from "./rank-options.ts";
import { microBatchesOf, stageOf } from "./stages.ts";
import { ZERO_DEFAULTS } from "./zero-defaults.ts";

/** How many of the last layers are needed again, in backward, before so many parameters have been used that ZeRO-3 partitions them after forward. */
const keptLayersOf = ({ architecture }: Scenario): number => {
  const layout = layoutOf(architecture);
  let later = 0;
  let layer = 0;
  for (const { elements, count, layerKind, role } of baseTensors(layout)) {
    if (layerKind !== null) layer += elements * count;
    else if (role === "head") later += elements * count;
  }
  layer /= architecture.num_hidden_layers;
  let kept = 0;
  while (kept < architecture.num_hidden_layers && 2 * later < ZERO_DEFAULTS.maxReuseDistance) {
    later += layer;
    kept++;
  }
  return kept;
};

type Fsdp = NonNullable<Scenario["fsdp"]>;

/** As accelerate sets FSDP up. */
const ACCELERATE: Fsdp = {
  reshardsAfterForward: true,
  reduce: "bf16",
  reducesEachMicroStep: false,
  endsApart: true,
};

/** The types that shards are kept in. */
const storedTypes = (scenario: Scenario): RankOptions["stored"] => {
  const { weights, method } = keptScenario(scenario);
  return {
    weights: elementOf(weights),
    adapters: elementOf(method.kind === "full" ? weights : adapterFormat(method)),
  };
};

/** What stands outside the layers: one unit, or two as accelerate makes them under FSDP2, unless head and embeddings are one tensor. */
const endsOf = (
  { architecture, sharding }: Scenario,
  fsdp: Fsdp,
): Pick<RankOptions, "embeddings" | "reshardsEnds" | "endsWith"> => {
  if (sharding !== "fsdp2" || !fsdp.endsApart)
    return { embeddings: [], reshardsEnds: fsdp.reshardsAfterForward, endsWith: "loss" };
  const { embeddings, head } = layoutOf(architecture);
  return { embeddings: head.tied ? [] : embeddings.map(({ name }) => name), reshardsEnds: false, endsWith: "logits" };
};

const rankOptionsOf = (scenario: Scenario): RankOptions | null => {
  const { sharding, gpus, fsdp = ACCELERATE, offload, gradient_accumulation_steps } = scenario;
  if (sharding !== "fsdp1" && sharding !== "fsdp2" && sharding !== "zero3") return null;
  return {
    strategy: sharding,
    ranks: gpus,
    reshardsAfterForward: fsdp.reshardsAfterForward,
    ...endsOf(scenario, fsdp),
    reduce: fsdp.reduce,
    reducesLast: gradient_accumulation_steps > 1 && !fsdp.reducesEachMicroStep,
    stored: storedTypes(scenario),
    keptLayers: sharding === "zero3" ? keptLayersOf(scenario) : 0,
    onHost: offload === "all",
  };
};

/** What the tape runs of a stage: its layers, and in the end what it sends, or a loss of logits that the schedule keeps. */
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

/** What the tape runs for one of several ranks: its layers in the types that are multiplied, whole gradients of its units, or its share of gradients. */
export const rankTapeOptions = (scenario: Scenario, machine: Machine): StepOptions => {
  const options = { ...tapeOptionsAlone(seenScenario(scenario), machine), ...stageOptions(scenario) };
  const ranks = rankOptionsOf(scenario);
  if (ranks !== null) return { ...options, gradientShare: 1, ranks };
  if (scenario.sharding !== "zero2") return options;
  // Offloaded, its share goes to the host as it comes.
  return { ...options, gradientShare: scenario.offload === "none" ? options.gradientShare / scenario.gpus : 0 };
};
