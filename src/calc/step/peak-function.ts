import { bytesPerParameterEstimate } from "#calc/accounting/bytes-per-parameter.ts";
import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { boundedCache } from "#calc/base/bounded-cache.ts";
import { CUDA, type Machine } from "#calc/base/machine.ts";
import { type Bytes, bytes } from "#calc/base/quantity.ts";
import { pipelineStatesOf, scenarioOfRank, stateAtEndOf } from "#calc/parallel/parallel.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { CompiledStep } from "./compile-step.ts";
import { compiledStep } from "./compiled-step.ts";
import { evaluateStep, type Point, type RunMoment } from "./evaluate-step.ts";
import { holdingsOf, stepInputOf } from "./holdings.ts";
import { pointOptionsOf } from "./step-options.ts";
import { tapeOptionsOf } from "./tape-options.ts";

/** The peak of PyTorch's allocator at a micro batch and a sequence length, in bytes. */
type PeakFunction = (point: Point) => Bytes;

const makePeakFunction = (scenario: Scenario, machine: Machine): PeakFunction => {
  if (scenario.accounting === "bytes-per-parameter") {
    const { peakBytes } = bytesPerParameterEstimate(scenario);
    return () => peakBytes;
  }
  const states = pipelineStatesOf(scenario).map((state) => peakFunction(state, machine));
  if (states.length > 0) return (point) => bytes(Math.max(...states.map((peak) => peak(point))));
  const ofRank = scenarioOfRank(scenario);
  const endsStep = stateAtEndOf(scenario) === scenario;
  const holdings = holdingsOf(stepInputOf(ofRank, machine));
  const { weights, adapters, optimizer, optimizerTemporaries, cublas, buffers, gradients } = holdings;
  const steps = new Map<string, CompiledStep>();
  const stepAt = (point: Point): CompiledStep => {
    const at = { ...ofRank, ...point };
    const key = Object.values(pointOptionsOf(at)).join();
    const step = steps.get(key) ?? compiledStep(tapeOptionsOf(at, machine));
    steps.set(key, step);
    return step;
  };
  return ({ micro_batch_size, sequence_length }) => {
    const point = scenarioOfRank({ ...scenario, micro_batch_size, sequence_length });
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

/** Functions kept in all; each holds a few steps on paper, at about 20 kB. */
const MOST_KEPT = 256;

const peakFunctions = boundedCache<Architecture, PeakFunction>(MOST_KEPT);

/**
 * `estimateMemory(scenario).peakBytes` as a function of batch and length alone, for searches that ask at dozens of points: everything that does not move
 * with them is computed once, remembered for a while, and no part has a formula.
 */
export const peakFunction = (scenario: Scenario, machine: Machine = CUDA): PeakFunction => {
  const { architecture } = scenario;
  const rest = { ...scenario, architecture: null, micro_batch_size: 0, sequence_length: 0, machine };
  return peakFunctions(architecture, JSON.stringify(rest), () => makePeakFunction(scenario, machine));
};
