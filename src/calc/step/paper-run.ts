import type { ChainLayer } from "#calc/families/chain-layers.ts";
import { fillingOf, withFilling } from "./bucket-along.ts";
import { objectiveOfStep } from "./objective-of-step.ts";
import type { Ledger, Segment } from "#calc/tape/ledger/ledger.ts";
import { runChainOf } from "./compile-step.ts";
import type { ExplainedStep } from "./explained-step.ts";
import { type Program, programOf } from "./program.ts";
import { sizesAt } from "./sizes-at.ts";
import { trace } from "./trace.ts";
import type { Workings } from "./workings.ts";

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
  const filled = withFilling(options, bucket && fillingOf(bucket, { run, stands }));
  const { card: ledger } = trace(workings, filled, { forward, layout, chain: run });
  const sizes = sizesAt(ledger, scenario, compiled.chunkTokens);
  const chunk = compiled.chunkTokens(scenario);
  const { passes } = objectiveOfStep(workings, options);
  const program = programOf({ segments: ledger.segments, ran: run.length, stands }, options, passes);
  return { ...step, chain: layers, ledger, ran: run.length, program, sizes, chunk };
};
