import type { ModelLayout } from "#calc/families/model-layout.ts";
import type { Division, Scenario } from "#calc/scenario.ts";

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
export const microBatchesOf = (count: number, { pp_size, stage = 0, draining }: Division): MicroBatches => {
  const inFlight = Math.min(count, pp_size - stage);
  if (inFlight < count) return { inFlight, steps: count };
  return draining ? { inFlight: inFlight - 1, steps: count } : { inFlight, steps: 1 };
};

/** The state in which a stage ends the step: drained, where its first backward begins with all micro batches waiting; else the one it is in. */
export const stateAtEnd = (scenario: Scenario): Scenario => {
  const { division, gradient_accumulation_steps: count } = scenario;
  if (division?.draining !== false || division.stage === undefined || count > division.pp_size - division.stage)
    return scenario;
  return { ...scenario, division: { ...division, draining: true } };
};

/** The scenarios of what the GPUs of a pipeline are in, stage by stage, unless one is asked for in particular; none where layers are not divided. */
export const pipelineStates = (scenario: Scenario): readonly Scenario[] => {
  const { division, gradient_accumulation_steps: count } = scenario;
  if (division === undefined || division.pp_size === 1 || division.draining !== undefined) return [];
  const stages = division.stage === undefined ? [...Array(division.pp_size).keys()] : [division.stage];
  return stages.flatMap((stage) =>
    (count === division.pp_size - stage ? [false, true] : [false]).map((draining) => ({
      ...scenario,
      division: { ...division, stage, draining },
    })),
  );
};
