// Allocation script of a step, with middle layers left out where they repeat.

import type { ChainLayer } from "#calc/families/families.ts";
import { bytesOfElement } from "#calc/base/dtypes.ts";
import type { Ledger, Segment, Storage } from "#calc/tape/ledger/ledger.ts";
import {
  eventsOf,
  type LeftOut,
  originsOf,
  type Origins,
  type AllocatorScript,
  allocatorScript,
} from "./allocator-script.ts";
import type { BucketFilling, StepOptions } from "#calc/model/step-options.ts";
import { type BucketAlongLayers, withBucketFilling } from "./gradient-bucket.ts";
import { runChainOf } from "./compile-step.ts";
import { trace } from "./trace.ts";
import type { Workings } from "./workings.ts";

/** Layers of a row that are run before the middle and after it: those at its ends differ from others (`Ends`). */
const AT_ENDS = 2;

/** The two layers in the middle that are held against each other. */
const COMPARED = 2;

/** The first and the number of the layers of the longest row that are all alike. */
const longestRow = (layers: readonly ChainLayer[]): Readonly<{ from: number; length: number }> => {
  let longest = { from: 0, length: 0 };
  let from = 0;
  for (let index = 0; index < layers.length; index++) {
    const [first, layer] = [layers[from], layers[index]];
    if (first?.kind !== layer?.kind || first?.keepsAll !== layer?.keepsAll) from = index;
    if (index + 1 - from > longest.length) longest = { from, length: index + 1 - from };
  }
  return longest;
};

/** The layers that need not be run, because those before and after them are alike; null where there are none. @internal */
export const layersToLeaveOut = (layers: readonly ChainLayer[]): LeftOut | null => {
  const { from, length } = longestRow(layers);
  const count = length - 2 * AT_ENDS - COMPARED;
  return count > 0 ? { middle: from + AT_ENDS, count } : null;
};

/** What a run on paper is looked at with. */
type Looked = Readonly<{ ledger: Ledger; origins: Origins; ran: number; middle: number }>;

const makerOf = ({ ledger: { segments }, origins }: Looked, { at }: Storage): Segment =>
  segments[origins.segments[at] as number] as Segment;

/** An entry as its layer sees it: what comes or goes, made how many layers away (or before or after all), in which of their segments, as which there. */
const seenAs = (looked: Looked, { layer }: Segment, entry: number): string => {
  const { log, signs } = looked.ledger;
  const storage = log[entry] as Storage;
  const maker = makerOf(looked, storage);
  const isOutside = maker.layer < 0 || maker.layer >= looked.ran;
  const { shape, dtype, at } = storage;
  return [
    signs[entry],
    isOutside ? `at ${maker.layer}` : maker.layer - layer,
    maker.pass,
    maker.phase,
    maker.microStep,
    looked.origins.ranks[at],
    shape.growth,
    shape.factor * bytesOfElement(dtype),
  ].join(" ");
};

/** Whether a segment of the second middle layer does as the same one of the first does. */
const areAlike = (looked: Looked, one: Segment, other: Segment): boolean => {
  const [ofOne, ofOther] = [eventsOf(looked.ledger, one), eventsOf(looked.ledger, other)];
  return (
    ofOne.length === ofOther.length &&
    ofOne.every((entry, index) => seenAs(looked, one, entry) === seenAs(looked, other, ofOther[index] as number))
  );
};

/** Whether a segment of no middle layer handles nothing that the layers left out have of their own. */
const isApart = (looked: Looked, segment: Segment): boolean => {
  const { ledger, ran, middle } = looked;
  const { layer } = segment;
  const isLayer = layer >= 0 && layer < ran;
  return eventsOf(ledger, segment).every((entry) => {
    const { layer: maker } = makerOf(looked, ledger.log[entry] as Storage);
    if (maker < 0 || maker >= ran) return true;
    if (!isLayer) return maker !== middle && maker !== middle + 1;
    return layer < middle ? maker <= middle : maker > middle;
  });
};

/**
 * Whether layers left out of a run on paper do as those in the middle do: these two do alike, one layer further on, and nothing else of the run reaches
 * across the middle.
 * @internal
 */
export const leftOutLayersRepeat = (ledger: Ledger, ran: number, { middle }: LeftOut): boolean => {
  const looked: Looked = { ledger, origins: originsOf(ledger), ran, middle };
  const ofFirst = ledger.segments.filter(({ layer }) => layer === middle);
  const ofSecond = ledger.segments.filter(({ layer }) => layer === middle + 1);
  const twinOf = ({ pass, phase, microStep }: Segment): Segment | undefined =>
    ofSecond.find((each) => each.pass === pass && each.phase === phase && each.microStep === microStep);
  return (
    ofFirst.length === ofSecond.length &&
    ofFirst.every((segment) => {
      const twin = twinOf(segment);
      return twin !== undefined && areAlike(looked, segment, twin);
    }) &&
    ledger.segments.every(
      (segment) => segment.layer === middle || segment.layer === middle + 1 || isApart(looked, segment),
    )
  );
};

/** The layers of a model, and what runs some on paper. `filling`: of a bucket that all layers fill, where not all are run. */
type Paper = Readonly<{
  layers: readonly ChainLayer[];
  bucket: BucketAlongLayers | null;
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
      trace(workings, withBucketFilling(options, filling), { forward, layout: families.layoutOf(architecture), chain })
        .card,
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
  return leftOutLayersRepeat(ledger, ran, leftOut)
    ? allocatorScript(ledger, { ran, leftOut })
    : compileWholeScript(workings, options);
};
