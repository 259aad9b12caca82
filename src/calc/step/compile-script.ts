import type { BucketFilling } from "#calc/model/options/rank-options.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { ChainLayer } from "#calc/families/chain-layers.ts";
import type { Ledger } from "#calc/tape/ledger/ledger.ts";
import { type AllocatorScript, allocatorScript } from "./allocator-script.ts";
import { type BucketAlong, withFilling } from "./bucket-along.ts";
import { runChainOf } from "./compile-step.ts";
import { layersToLeaveOut, repeats } from "./repeated-layers.ts";
import { trace } from "./trace.ts";
import type { Workings } from "./workings.ts";

/** The layers of a model, and what runs some on paper. `filling`: of a bucket that all layers fill, where not all are run. */
type Paper = Readonly<{
  layers: readonly ChainLayer[];
  bucket: BucketAlong | null;
  run: (chain: readonly ChainLayer[], filling?: BucketFilling | null) => Ledger;
}>;

const paperOf = (workings: Workings, options: StepOptions): Paper => {
  const { families } = workings;
  const { architecture } = options;
  const { forward } = families.modellingOf(architecture.model_type, options.modelling);
  const { layers, bucket } = runChainOf(workings, options, { forward });
  return {
    layers,
    bucket,
    run: (chain, filling = null) =>
      trace(workings, withFilling(options, filling), { forward, layout: families.layoutOf(architecture), chain }).card,
  };
};

/** Runs every layer of a step on paper, not one of each kind: the allocator is asked in the order in which a model runs. @internal */
export const compileWholeScript = (workings: Workings, options: StepOptions): AllocatorScript => {
  const { layers, run } = paperOf(workings, options);
  return allocatorScript(run(layers), { ran: layers.length, leftOut: { middle: 0, count: 0 } });
};

/** The script of a step, of which as few layers are run on paper as show how the others repeat. */
export const compileScript = (workings: Workings, options: StepOptions): AllocatorScript => {
  const { layers, bucket, run } = paperOf(workings, options);
  const leftOut = layersToLeaveOut(layers);
  // Where a bucket is full depends on all layers before.
  if (leftOut === null || bucket?.full !== undefined) return compileWholeScript(workings, options);
  const { middle, count } = leftOut;
  const chain = layers.toSpliced(middle + 1, count);
  const ledger = run(chain, bucket && { before: [], left: bucket.left });
  const ran = chain.length;
  return repeats(ledger, ran, leftOut)
    ? allocatorScript(ledger, { ran, leftOut })
    : compileWholeScript(workings, options);
};
