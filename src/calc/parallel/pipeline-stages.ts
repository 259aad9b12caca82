// Pipeline stages: layers, micro-batches in flight, states, tensors and the peak of each stage.

import type { ModelLayout } from "#calc/model/layout.ts";
import type { Division, Scenario, StageState } from "#calc/model/scenario.ts";
import { fsdpOf } from "./sharding.ts";
import type { StagePeak } from "#calc/model/memory-estimate.ts";
import type { PeakOf } from "#calc/step/strategy.ts";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import { type Families, chainLayers } from "#calc/families/families.ts";
import type { StepInput } from "#calc/step/holdings.ts";

/** One stage of a pipeline: its layers `from` to before `to`; as the first it has the embeddings, as the last norm and head. */
export type Stage = Readonly<{ layers: readonly [from: number, to: number]; isFirst: boolean; isLast: boolean }>;

/**
 * A stage's part of the layers. They are divided evenly; the remainder goes to the first stages, one each.
 *
 * @see transformers 5.24, distributed/pipeline_parallel.py, `layer_range_for_rank`
 */
export const stageOf = (layers: number, { pp_size, stage }: Division): Stage | null => {
  if (stage === undefined) return null;
  const each = Math.floor(layers / pp_size);
  const rest = layers % pp_size;
  const from = stage * each + Math.min(stage, rest);
  return {
    layers: [from, from + each + (stage < rest ? 1 : 0)],
    isFirst: stage === 0,
    isLast: stage === pp_size - 1,
  };
};

/**
 * Whether a stage has a parameter outside the layers, by its name. Of the embeddings the last stage has only the table that the head is tied to, which is the
 * first of them: learned positions stay on the first stage.
 */
export const hasOutside = ({ embeddings, head }: ModelLayout, { isFirst, isLast }: Stage, name: string): boolean => {
  const index = embeddings.findIndex((module) => name.startsWith(`${module.name}.`));
  if (index < 0) return isLast;
  return isFirst || (isLast && head.tied && index === 0);
};

/** Micro batches of a stage: `inFlight` have their activations there at once, `steps` are run as micro steps. */
type MicroBatches = Readonly<{ inFlight: number; steps: number }>;

/**
 * The micro batches of a stage under 1F1B. It keeps activations of as many as there are stages from it to the last. Where these are all micro batches, no
 * forward follows the first backward: up to it all are in flight and there are no gradients (`filled`), after it one less is (`draining`).
 *
 * @see torch/distributed/pipelining/schedules.py, `Schedule1F1B`: `warmup_chunks`
 */
export const microBatchesOf = (count: number, { pp_size, stage = 0, state }: Division): MicroBatches => {
  if (state === "first") return { inFlight: 1, steps: 1 };
  const inFlight = Math.min(count, pp_size - stage);
  if (inFlight < count) return { inFlight, steps: count };
  return state === "draining" ? { inFlight: inFlight - 1, steps: count } : { inFlight, steps: 1 };
};

/** The states of a stage, in order. `first` matters only where parameters stay unsharded: their all-gather buffers are there with the first micro batch. */
const statesOf = (scenario: Scenario, { pp_size, stage = 0 }: Division): readonly StageState[] => {
  const { gradient_accumulation_steps: count, sharding } = scenario;
  const staysWhole = sharding === "fsdp2" && !fsdpOf(scenario).reshardsAfterForward;
  return [
    ...(staysWhole ? ["first" as const] : []),
    "filled",
    ...(count === pp_size - stage ? ["draining" as const] : []),
  ];
};

/** The scenario in the last state of its stage, in which it ends the step. */
export const stateAtEnd = (scenario: Scenario): Scenario => {
  const { division } = scenario;
  if (division?.state === undefined) return scenario;
  const state = statesOf(scenario, division).at(-1);
  return state === division.state || state === undefined ? scenario : { ...scenario, division: { ...division, state } };
};

/** A scenario for each state of each stage of a pipeline; none without a pipeline, or where the scenario already names a state. */
export const pipelineStates = (scenario: Scenario): readonly Scenario[] => {
  const { division } = scenario;
  if (division === undefined || division.pp_size === 1 || division.state !== undefined) return [];
  const stages = division.stage === undefined ? [...Array(division.pp_size).keys()] : [division.stage];
  return stages.flatMap((stage) => {
    const of = { ...division, stage };
    return statesOf(scenario, of).map((state) => ({ ...scenario, division: { ...of, state } }));
  });
};

/** The peak of each stage of a pipeline on each of its GPUs, first stage to last; empty without a pipeline. */
export const stagePeaks = (scenario: Scenario, peakOf: PeakOf): readonly StagePeak[] => {
  const { division, architecture, gradient_accumulation_steps } = scenario;
  if (division === undefined || division.pp_size === 1) return [];
  return [...Array(division.pp_size).keys()].flatMap((stage) => {
    const of = { ...division, stage };
    const found = stageOf(architecture.num_hidden_layers, of);
    if (found === null) return [];
    const { layers, isFirst, isLast } = found;
    const { inFlight } = microBatchesOf(gradient_accumulation_steps, of);
    const peakBytes = peakOf({ ...scenario, division: of });
    return [{ from: layers[0], to: layers[1], isFirst, isLast, inFlight, peakBytes }];
  });
};

/**
 * The tensors of one stage of a pipeline: those of its layers; on the first stage also the embeddings, on the last also the final norm and the head. A tied
 * head is a copy of the embeddings on the last stage.
 */
export const stageTensors = (families: Families, input: StepInput): Pick<StepInput, "base" | "adapters"> => {
  const { scenario, layout, base, adapters } = input;
  const { architecture, division, modelling } = scenario;
  const stage = division && stageOf(architecture.num_hidden_layers, division);
  if (!stage) return { base, adapters };
  const { forward } = families.modellingOf(architecture.model_type, modelling);
  const layers = chainLayers(families)(architecture)(forward).slice(...stage.layers);
  const countOf = (kind: string): number => {
    const modules = layout.layers.find((layer) => layer.kind === kind)?.modules;
    return layers.filter((layer) => layer.modules === modules).length;
  };
  const isHere = ({ name, layerKind }: PlannedTensor): boolean =>
    layerKind === null ? hasOutside(layout, stage, name) : countOf(layerKind) > 0;
  const ofStage = (tensors: readonly PlannedTensor[]): readonly PlannedTensor[] =>
    tensors
      .filter(isHere)
      .map((tensor) => (tensor.layerKind === null ? tensor : { ...tensor, count: countOf(tensor.layerKind) }));
  return { base: ofStage(base), adapters: ofStage(adapters) };
};
