import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import type { Machine } from "#calc/base/machine.ts";
import { bytes } from "#calc/base/quantity.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { CompiledStep } from "./compiled-step.ts";
import { evaluateStep, type Point, type RunMoment } from "./evaluate-step.ts";
import { holdingsOf, stepInputOf } from "./holdings-of.ts";
import { pointOptionsOf } from "./step-options.ts";
import { pipelineStatesOf, scenarioOfRank, stateAtEndOf } from "./strategy-of.ts";
import { tapeOptionsOf } from "./tape-options.ts";
import type { PeakFunction, Workings } from "./workings.ts";

/**
 * The peak of a step as a function of batch and length alone, for searches that ask at dozens of points: everything that does not move with them is
 * computed once, and no part has a formula. The same bytes as the estimate's `peakBytes`.
 */
export const makePeakFunction = (workings: Workings, scenario: Scenario, machine: Machine): PeakFunction => {
  const states = pipelineStatesOf(workings, scenario).map((state) => workings.peakFunction(state, machine));
  if (states.length > 0) return (point) => bytes(Math.max(...states.map((peak) => peak(point))));
  const ofRank = scenarioOfRank(workings, scenario);
  const endsStep = stateAtEndOf(workings, scenario) === scenario;
  const holdings = holdingsOf(workings, stepInputOf(workings, ofRank, machine));
  const { weights, adapters, optimizer, optimizerTemporaries, cublas, buffers, gradients } = holdings;
  const steps = new Map<string, CompiledStep>();
  const stepAt = (point: Point): CompiledStep => {
    const at = { ...ofRank, ...point };
    const key = Object.values(pointOptionsOf(workings.families, at)).join();
    const step = steps.get(key) ?? workings.compiledStep(tapeOptionsOf(workings, at, machine));
    steps.set(key, step);
    return step;
  };
  return ({ micro_batch_size, sequence_length }) => {
    const point = scenarioOfRank(workings, { ...scenario, micro_batch_size, sequence_length });
    const compiled = stepAt(point);
    const { loadedBytes, moments } = evaluateStep(compiled, point);
    const loaded = weights.bytes + adapters.bytes + compiled.bufferBlocks * BLOCK_BYTES;
    // The tape knows base weights as it computes with them, not as they are stored: its own are taken out.
    const standing = loaded + optimizer.bytes + cublas.bytes + buffers.bytes + gradients.bytes - loadedBytes;
    const [forward, backward] = moments.slice(-2) as [RunMoment, RunMoment];
    const atStep = endsStep ? backward.liveBytes + optimizerTemporaries.bytes : 0;
    const highest = Math.max(forward.peakBytes, backward.peakBytes, atStep);
    return bytes(Math.max(loaded, Math.ceil(standing + highest)));
  };
};
