import { assert } from "#calc/base/assert.ts";
import type { Machine } from "#calc/base/machine.ts";
import { onceForEach } from "#calc/base/once-for-each.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { type PerTerm, perTerm, totalOf } from "#calc/model/term.ts";
import { createWorkings } from "#calc/step/create-workings.ts";
import { buffersOf } from "#calc/step/standing-terms.ts";
import { tapeOptionsOf } from "#calc/step/tape-options.ts";
import { walk } from "#calc/step/walk.ts";
import type { Workings } from "#calc/step/workings.ts";
import { type EvaluationForward, evaluationObjective } from "./evaluation-objective.ts";

/** Workings whose step is a forward without a graph, with caches of their own, for each engine and each kind of forward. */
const evaluatingWorkings = onceForEach((workings: Workings): ((which: EvaluationForward) => Workings) => {
  const known = new Map<string, Workings>();
  return (which) => {
    const name = JSON.stringify(which);
    const evaluating =
      known.get(name) ??
      createWorkings({ ...workings, objectives: { sft: evaluationObjective(which) } }, workings.strategy);
    known.set(name, evaluating);
    return evaluating;
  };
});

/** A forward without a graph, beyond what was there when it began. */
export type EvaluatedForward = Readonly<{
  /** At its highest point, by term. */
  highest: PerTerm<number>;
  /** What is left when it ends, by term. Logits, and the loss where it was called with labels; the cache that it filled; parameters that stay gathered. */
  left: PerTerm<number>;
  /** All of it. */
  returnedBytes: number;
}>;

/** Runs a forward without a graph. @param scenario as it is evaluated: batch and length of the evaluation, no checkpoints, no dropout. */
export const evaluationForward = (
  workings: Workings,
  scenario: Scenario,
  { machine, which }: Readonly<{ machine: Machine; which: EvaluationForward }>,
): EvaluatedForward => {
  const evaluating = evaluatingWorkings(workings)(which);
  const compiled = evaluating.compiledStep(tapeOptionsOf(evaluating, scenario, machine));
  const { lastMoments, begin, bytesAt } = walk(compiled, null, scenario);
  const [forward] = lastMoments;
  assert(forward !== undefined, "a forward is a moment");
  const before = bytesAt(begin);
  const beyond = (at: PerTerm<number>): PerTerm<number> => perTerm((term) => at[term] - before[term]);
  const left = beyond(bytesAt(forward.live.point));
  return { highest: beyond(bytesAt(forward.peak.point)), left, returnedBytes: totalOf(left) };
};

/** Bytes of the model's buffers. */
export const bufferBytesOf = (workings: Workings, scenario: Scenario, machine: Machine): number =>
  buffersOf(workings.compiledStep(tapeOptionsOf(workings, scenario, machine))).bytes;
