// Memory on all GPUs together, stages of a pipeline, and how few GPUs are enough.

import { fewestWords } from "#advice/smallest-gpu.ts";
import { onCardByRule } from "#calc/card/fit.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { StagePeak } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { focusOf } from "./library-runs.ts";

/** What several GPUs hold together, and how few would do. */
export type GpuDivision = Readonly<{
  /** Bytes on all cards, for each method shown. */
  onAllGpus: Readonly<Partial<Record<MethodId, number>>>;
  /** The stages of the method in focus; empty where there is no pipeline. */
  stages: readonly StagePeak[];
  /** How few of these cards the method in focus goes on, in words; null where it is not divided over them. */
  fewest: string | null;
}>;

/** What all GPUs hold: alike, or the stages of a pipeline each its own. */
const onAllGpus = ({ estimate }: MethodAnswer, stages: readonly StagePeak[], gpus: number): number => {
  if (stages.length === 0) return gpus * estimate.onCardBytes;
  const once = stages.reduce((total, { peakBytes }) => total + onCardByRule(peakBytes, gpus).onCardBytes, 0);
  return (once * gpus) / stages.length;
};

/**
 * What the chosen GPUs hold together, and how few of them would do.
 *
 * @yields after each method
 */
export function* gpuDivision(
  { choices }: Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, GpuDivision> {
  const answer = toAnswer(choices, catalog);
  const all: Partial<Record<MethodId, number>> = {};
  let stages: readonly StagePeak[] = [];
  const focus = focusOf(choices);
  for (const run of answer.methods) {
    yield;
    const own = ENGINE.stagePeaks(run.scenario);
    all[run.method] = onAllGpus(run, own, choices.gpus);
    if (run.method === focus) stages = own;
  }
  yield;
  const run = answer.methods.find(({ method }) => method === focus);
  const fewest = run === undefined || choices.gpus === 1 ? null : fewestWords(answer, run);
  return { onAllGpus: all, stages, fewest };
}
