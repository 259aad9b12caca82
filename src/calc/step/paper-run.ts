import { modellingOf } from "#calc/families/known-families.ts";
import { chainLayers } from "#calc/families/forward/layer-kinds.ts";
import type { Ledger } from "#calc/tape/ledger.ts";
import type { ChainLayer } from "./chain.ts";
import { sizesAt } from "./evaluate-step.ts";
import type { ExplainedStep } from "./explained-step.ts";
import { trace } from "./trace.ts";

/** A step that was run on paper with every layer of the model, so that each is named. */
export type PaperRun = ExplainedStep &
  Readonly<{
    chain: readonly ChainLayer[];
    ledger: Ledger;
    /** Bytes of each size of the ledger's table. */
    sizes: Float64Array;
    /** Tokens that the loss has logits of at once. */
    chunk: number;
  }>;

/** Runs all layers one by one: tens of milliseconds, where the compiled step takes less than one. */
export const runOnPaper = (step: ExplainedStep): PaperRun => {
  const { scenario, layout, options, compiled } = step;
  const { forward } = modellingOf(scenario.architecture.model_type, scenario.modelling);
  const chain = chainLayers(scenario.architecture, layout, forward);
  const ledger = trace(options, { forward, layout, chain });
  const sizes = sizesAt(ledger, scenario, compiled.chunkTokens);
  const chunk = compiled.chunkTokens(scenario.micro_batch_size * scenario.sequence_length);
  return { ...step, chain, ledger, sizes, chunk };
};
