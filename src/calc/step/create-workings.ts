// Caches of an engine: compiled steps, allocator scripts, runs, and peaks as functions of batch and length.

import type { AllocatorScript } from "./allocator-script.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { chunkTokensOf, compileStep } from "./compile-step.ts";
import {
  type Workings,
  type PeakFunction,
  type RunFunction,
  pipelineStatesOf,
  scenarioOfRank,
  stateAtEndOf,
} from "./workings.ts";
import { type Machine, CUDA } from "#calc/base/machine.ts";
import { bytes } from "#calc/base/bytes.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { type TermAmounts, buffersOf, standingTerms } from "./holdings.ts";
import type { CompiledStep } from "./program.ts";
import { holdingsOf, stepInputOf } from "./gpu-holdings.ts";
import type { BatchShape } from "./batch-shape.ts";
import { batchOptionsOf, tapeOptionsOf } from "./step-options.ts";
import { walk } from "./walk.ts";
import { boundedCache } from "#calc/base/caches.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { makeRunFunction } from "./allocator-run.ts";
import type { Code, Strategy } from "./strategy.ts";
import { compileScript } from "./compile-script.ts";

/** A compiled step, and what is alive all through it beside the tape. */
type Standing = Readonly<{ compiled: CompiledStep; standing: TermAmounts }>;

/**
 * The peak of a step as a function of batch and length alone, for searches that ask at dozens of points. Everything that depends on neither is computed
 * once, and no formula is made. The bytes are those of the estimate's `peakBytes`.
 */
const makePeakFunction = (workings: Workings, scenario: Scenario, machine: Machine): PeakFunction => {
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

/** The most compiled steps that are remembered, at about 20 kB each. With half as many, a slider dragged back and forth compiles a tenth more. */
const MOST_STEPS = 128;

/** The most scripts of the allocator that are remembered, and functions that make runs of them, at about a megabyte each. */
const MOST_SCRIPTS = 8;

/** The most peak functions that are remembered; each holds a few compiled steps. Twice as many would be found again no more often. */
const MOST_PEAK_FUNCTIONS = 64;

/** How many chunks a loss has is a size: the step has the same shape with any number. */
const inOneChunk = (options: StepOptions): StepOptions =>
  options.loss.kind === "chunked" ? { ...options, loss: { ...options.loss, chunks: 1 } } : options;

const withChunksOf = (options: StepOptions, step: CompiledStep): CompiledStep => ({
  ...step,
  chunkTokens: chunkTokensOf(options),
  host: step.host && withChunksOf(options, step.host),
});

/** Creates the insides of an engine from the code that it knows. Each engine has caches of its own, which go with it. */
export const createWorkings = (code: Code, strategy: Strategy | null): Workings => {
  const steps = boundedCache<Architecture, CompiledStep>(MOST_STEPS);
  const scripts = boundedCache<Architecture, AllocatorScript>(MOST_SCRIPTS);
  const runs = boundedCache<Architecture, RunFunction>(MOST_SCRIPTS);
  const peaks = boundedCache<Architecture, PeakFunction>(MOST_PEAK_FUNCTIONS);
  const workings: Workings = {
    ...code,
    strategy,
    compiledStep: (options) => {
      const { architecture, ...rest } = inOneChunk(options);
      const step = steps(architecture, JSON.stringify(rest), () => compileStep(workings, { ...rest, architecture }));
      return options.loss.kind === "chunked" ? withChunksOf(options, step) : step;
    },
    allocatorScript: (options) => {
      const { architecture, ...rest } = inOneChunk(options);
      return scripts(architecture, JSON.stringify(rest), () => compileScript(workings, { ...rest, architecture }));
    },
    runFunction: (scenario, machine = CUDA) => {
      const { architecture } = scenario;
      const rest = {
        ...scenario,
        architecture: null,
        micro_batch_size: 0,
        sequence_length: 0,
        allocator: null,
        machine,
      };
      return runs(architecture, JSON.stringify(rest), () => makeRunFunction(workings, scenario, machine));
    },
    peakFunction: (scenario, machine = CUDA) => {
      const { architecture } = scenario;
      // Nothing of a peak follows from these.
      const apart = { architecture: null, micro_batch_size: 0, sequence_length: 0, lengths: null, allocator: null };
      const rest = { ...scenario, ...apart, machine };
      return peaks(architecture, JSON.stringify(rest), () => makePeakFunction(workings, scenario, machine));
    },
  };
  return workings;
};
