import type { ModelLayout } from "#calc/model/layout.ts";
import type { Division, Scenario, StageState } from "#calc/model/scenario.ts";
import { fsdpOf } from "./fsdp-settings.ts";

/** One stage of a pipeline: its layers, from the first to before the last, and whether it has what is before or after all layers. */
export type Stage = Readonly<{ layers: readonly [from: number, to: number]; isFirst: boolean; isLast: boolean }>;

/**
 * Layers are divided evenly, the remainder to the first stages, one each.
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

/** Whether a stage has a parameter that stands outside the layers, by name: embeddings on the first, and on the last where they are the head, too. */
export const hasOutside = ({ embeddings, head }: ModelLayout, { isFirst, isLast }: Stage, name: string): boolean =>
  embeddings.some((module) => name.startsWith(`${module.name}.`)) ? isFirst || (isLast && head.tied) : isLast;

/** Micro batches of a stage: those whose activations it keeps at once, and those whose gradients differ from the ones before. */
type MicroBatches = Readonly<{ inFlight: number; steps: number }>;

/**
 * How many micro batches a stage keeps activations of under 1F1B: as many as there are stages from it to the last. Where these are all, nothing is
 * run forward once the first has left its gradients: before that all are kept, after it one less.
 *
 * @see torch/distributed/pipelining/schedules.py, `Schedule1F1B`: `warmup_chunks`
 */
export const microBatchesOf = (count: number, { pp_size, stage = 0, state }: Division): MicroBatches => {
  if (state === "first") return { inFlight: 1, steps: 1 };
  const inFlight = Math.min(count, pp_size - stage);
  if (inFlight < count) return { inFlight, steps: count };
  return state === "draining" ? { inFlight: inFlight - 1, steps: count } : { inFlight, steps: 1 };
};

/** What a stage comes to be in. Parameters that stay whole all through the step come into buffers first, with the first micro batch. */
const statesOf = (scenario: Scenario, { pp_size, stage = 0 }: Division): readonly StageState[] => {
  const { gradient_accumulation_steps: count, sharding } = scenario;
  const staysWhole = sharding === "fsdp2" && !fsdpOf(scenario).reshardsAfterForward;
  return [
    ...(staysWhole ? ["first" as const] : []),
    "filled",
    ...(count === pp_size - stage ? ["draining" as const] : []),
  ];
};

/** The state in which a stage ends the step: the last that it comes to be in. */
export const stateAtEnd = (scenario: Scenario): Scenario => {
  const { division } = scenario;
  if (division?.state === undefined) return scenario;
  const state = statesOf(scenario, division).at(-1);
  return state === division.state || state === undefined ? scenario : { ...scenario, division: { ...division, state } };
};

/** The scenarios of what the GPUs of a pipeline are in, stage by stage, unless one is asked for in particular; none where layers are not divided. */
export const pipelineStates = (scenario: Scenario): readonly Scenario[] => {
  const { division } = scenario;
  if (division === undefined || division.pp_size === 1 || division.state !== undefined) return [];
  const stages = division.stage === undefined ? [...Array(division.pp_size).keys()] : [division.stage];
  return stages.flatMap((stage) => {
    const of = { ...division, stage };
    return statesOf(scenario, of).map((state) => ({ ...scenario, division: { ...of, state } }));
  });
};
