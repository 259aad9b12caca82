import type { Machine } from "#calc/base/machine.ts";
import { bytes } from "#calc/base/quantity.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { CompiledStep } from "./compiled-step.ts";
import { holdingsOf, stepInputOf } from "./holdings-of.ts";
import type { TermAmounts } from "./term-amounts.ts";
import type { BatchShape } from "./sizes-at.ts";
import { buffersOf, standingTerms } from "./standing-terms.ts";
import { batchOptionsOf } from "./step-options.ts";
import { pipelineStatesOf, scenarioOfRank, stateAtEndOf } from "./strategy-of.ts";
import { tapeOptionsOf } from "./tape-options.ts";
import { walk } from "./walk.ts";
import type { PeakFunction, Workings } from "./workings.ts";

/** A compiled step, and what is alive all through it beside the tape. */
type Standing = Readonly<{ compiled: CompiledStep; standing: TermAmounts }>;

/**
 * The peak of a step as a function of batch and length alone, for searches that ask at dozens of points. Everything that depends on neither is computed
 * once, and no formula is made. The bytes are those of the estimate's `peakBytes`.
 */
export const makePeakFunction = (workings: Workings, scenario: Scenario, machine: Machine): PeakFunction => {
  const states = pipelineStatesOf(workings, scenario).map((state) => workings.peakFunction(state, machine));
  if (states.length > 0) return (batch) => bytes(Math.max(...states.map((peak) => peak(batch))));
  const ofRank = scenarioOfRank(workings, scenario);
  const endsStep = stateAtEndOf(workings, scenario) === scenario;
  const holdings = holdingsOf(workings, stepInputOf(workings, ofRank, machine));
  const steps = new Map<string, Standing>();
  const stepAt = (batch: BatchShape): Standing => {
    const at = { ...ofRank, ...batch };
    const key = JSON.stringify(batchOptionsOf(workings.families, at));
    const known = steps.get(key);
    if (known !== undefined) return known;
    const compiled = workings.compiledStep(tapeOptionsOf(workings, at, machine));
    const step = { compiled, standing: standingTerms(compiled, holdings) };
    steps.set(key, step);
    return step;
  };
  return ({ micro_batch_size, sequence_length }) => {
    const batch = scenarioOfRank(workings, { ...scenario, micro_batch_size, sequence_length });
    const { compiled, standing } = stepAt(batch);
    const { weights, adapters, optimizerTemporaries } = holdings;
    const { lastMoments } = walk(compiled, standing, batch);
    const loaded = weights.bytes + adapters.bytes + buffersOf(compiled).bytes;
    const atStep = endsStep ? (lastMoments.at(-1)?.live.bytes ?? 0) + optimizerTemporaries.bytes : 0;
    return bytes(Math.max(loaded, atStep, ...lastMoments.map(({ peak }) => peak.bytes)));
  };
};
