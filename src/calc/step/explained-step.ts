// A step to be explained, and its run on the tape with all storages kept.

import type { StepOptions } from "#calc/model/step-options.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Holdings, StepInput } from "./holdings.ts";
import { type CompiledStep, type Program, programOf } from "./program.ts";
import { holdingsOf, stepInputOf } from "./gpu-holdings.ts";
import { scenarioOfRank, type Workings } from "./workings.ts";
import { tapeOptionsOf } from "./step-options.ts";
import type { ChainLayer } from "#calc/families/families.ts";
import { bucketFillingOf, withBucketFilling } from "./gradient-bucket.ts";
import { objectiveOfStep, trace } from "./trace.ts";
import type { Ledger, Segment } from "#calc/tape/ledger/ledger.ts";
import { runChainOf } from "./compile-step.ts";
import { sizesAt } from "./batch-shape.ts";

/** A training step to be explained: its tape compiled, what a rank holds beside the tape, and the answer. */
export type ExplainedStep = StepInput &
  Readonly<{
    /** Its moments outside forward and backward are used as they are. */
    estimate: MemoryEstimate;
    holdings: Holdings;
    options: StepOptions;
    compiled: CompiledStep;
  }>;

/** A scenario, and the answer to it. */
export type AnsweredScenario = Readonly<{ scenario: Scenario; estimate: MemoryEstimate }>;

/** The step of a scenario, to be explained. null under the flat accounting, which runs no step. */
export const explainedStep = (
  workings: Workings,
  { scenario, estimate }: AnsweredScenario,
  machine: Machine,
): ExplainedStep | null => {
  if (scenario.accounting === "bytes-per-parameter") return null;
  const input = stepInputOf(workings, scenarioOfRank(workings, scenario), machine);
  const holdings = holdingsOf(workings, input);
  const options = tapeOptionsOf(workings, input.scenario, machine);
  return { ...input, estimate, holdings, options, compiled: workings.compiledStep(options) };
};

/** A step that is run on paper once more for its storages, which a compiled step does not keep. */
export type PaperRun = ExplainedStep &
  Readonly<{
    /** All layers of the model. */
    chain: readonly ChainLayer[];
    /** The ledger of the run, which has each kind of layer once. */
    ledger: Ledger;
    /** How many layers were run. */
    ran: number;
    program: Program<Segment>;
    /** Bytes of each size of the ledger's table. */
    sizes: Float64Array;
    /** Tokens of which the loss has logits at once. */
    chunk: number;
  }>;

/** Runs each kind of layer on paper, as compiling does, and keeps the whole ledger. */
export const runOnPaper = (workings: Workings, step: ExplainedStep): PaperRun => {
  const { scenario, layout, options, compiled } = step;
  const { forward } = workings.families.modellingOf(scenario.architecture.model_type, scenario.modelling);
  // The last layer is run by itself: a layer in the middle frees a storage of the layer after it, the last one frees one of the final norm.
  const { layers, run, stands, bucket } = runChainOf(workings, options, { forward, trailing: 1 });
  const filled = withBucketFilling(options, bucket && bucketFillingOf(bucket, { run, stands }));
  const { card: ledger } = trace(workings, filled, { forward, layout, chain: run });
  const sizes = sizesAt(ledger, scenario, compiled.chunkTokens);
  const chunk = compiled.chunkTokens(scenario);
  const { passes } = objectiveOfStep(workings, options);
  const program = programOf({ segments: ledger.segments, ran: run.length, stands }, options, passes);
  return { ...step, chain: layers, ledger, ran: run.length, program, sizes, chunk };
};
