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

/**
 * Micro batches of which a stage keeps activations at once under 1F1B: as many as there are stages from it to the last, or all.
 *
 * @see torch/distributed/pipelining/schedules.py, `Schedule1F1B`: `warmup_chunks`
 */
export const inFlight = (microBatches: number, { pp_size, stage = 0 }: Division): number =>
  Math.min(microBatches, pp_size - stage);

/** The scenarios of all stages of a pipeline, first to last. */
export const stagesOf = (scenario: Scenario, division: Division): readonly Scenario[] =>
  Array.from({ length: division.pp_size }, (_, stage) => ({ ...scenario, division: { ...division, stage } }));
