// A step run on the tape with as few layers as can stand for all, and compiled for any batch and length.

import { type ChainLayer, chainLayers, type Families } from "#calc/families/families.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { beginSegment, endSegment, repeatEntry, repeatSegment } from "#calc/tape/segments.ts";
import type { Ledger, Segment, Storage } from "#calc/tape/ledger/ledger.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { type RepresentativeLayers, type Ends, representativeLayersOf } from "./representative-layers.ts";
import { objectiveOfStep, type Run, runOnTape, trace, type Traced, hasTrainedTensors, plannedStep } from "./trace.ts";
import { chunkTokens, tokensOf } from "#calc/modules/loss-tokens.ts";
import { type BucketAlongLayers, bucketFillingOf, withBucketFilling, bucketAlongLayers } from "./gradient-bucket.ts";
import { BUFFER } from "./load.ts";
import { type CompiledStep, type Program, programOf, recordedSegment, type RecordedSegment } from "./program.ts";
import type { ChunkTokens } from "./batch-shape.ts";
import type { Workings } from "./workings.ts";
import type { Code } from "./strategy.ts";
import { modulePlanner, type Planned, planParameters } from "#calc/parameters/plan.ts";

/** The layer number of segments that stand for later layers of the kind of `layer`. It is above those of all layers that ran, and of what follows them. */
const middleOf = (ran: number, layer: number): number => ran + 1 + layer;

/** Whether every layer keeps its input on the card and nothing else, with no hooks around it. */
const keepsInputsAlone = (options: StepOptions, { checkpoint }: Forward): boolean => {
  const { gradient_checkpointing, selective, checkpointsOffloaded, savedTensorsOffloaded } = options;
  const { ranks, division, stage, loss } = options;
  const isPartly = [selective, checkpoint, ranks ?? undefined, division, stage].some((each) => each !== undefined);
  return (
    gradient_checkpointing && !isPartly && !checkpointsOffloaded && !savedTensorsOffloaded && loss.kind !== "litgpt"
  );
};

/**
 * The first layer of each kind, to be run alone, and for each layer of the model the number of the segments that stand for it. Where checkpointed layers of
 * one GPU keep nothing but their input, the segments of later layers follow from those of the first of their kind (`addMiddleLayers`). null elsewhere.
 * @internal
 */
export const firstLayersOf = (
  options: StepOptions,
  forward: Forward,
  layers: readonly ChainLayer[],
): RepresentativeLayers | null => {
  if (!keepsInputsAlone(options, forward)) return null;
  const firsts = new Map<string, ChainLayer>();
  for (const layer of layers) if (!firsts.has(layer.kind)) firsts.set(layer.kind, layer);
  const run = [...firsts.values()];
  const stands = layers.map((layer) => {
    const index = run.findIndex(({ kind }) => kind === layer.kind);
    return run[index] === layer ? index : middleOf(run.length, index);
  });
  return { run, stands };
};

type IsOne = (storage: Storage) => boolean;

/** Whether a storage was made before the layers in the forward of a segment's pass: a table or mask that all layers share, or the first layer's input. */
const madeBefore = ({ segments }: Ledger, { pass, microStep }: Segment): IsOne => {
  const before = segments.find(
    (each) => each.pass === pass && each.phase === "forward" && each.microStep === microStep && each.layer === -1,
  );
  const { from = 0, to = 0 } = before ?? {};
  return ({ at }) => from <= at && at < to;
};

/** The backward of the first layer of a kind; which storages were made before the layers; the first layer's input, where this is that layer. */
type First = Readonly<{ segment: Segment; isBefore: IsOne; handed: Storage | null }>;

/**
 * The index of the log up to which a later layer does as the first of its kind did, high-water marks and all: the first entry that frees a storage from
 * before the layers. The segment's start where the first layer was highest after that entry: the later layer may then be highest elsewhere.
 */
const alikeUpTo = ({ log }: Ledger, { segment, isBefore }: First): number => {
  let until = segment.from;
  while (until < segment.to && !isBefore(log[until] as Storage)) until++;
  return segment.maxima.some(({ at }) => at > until) ? segment.from : until;
};

/**
 * Enters the backward of a later layer into the ledger, from that of the first layer of its kind, which is the last to release what all layers share.
 *
 * - Tables and masks stay.
 * - The later layer's input is freed with its checkpoint: where the first layer releases tables and masks. The first layer's own input may be a leaf, which is
 *   freed only when its gradient has come, at the end of all of backward.
 *
 * @returns whether an entry was found that frees the input
 */
const enterBackward = (ledger: Ledger, first: First): boolean => {
  const { segment, isBefore, handed } = first;
  const { log } = ledger;
  let isInputHeld = handed !== null;
  const inputFreedAt = handed === null ? -1 : log.indexOf(handed, segment.from);
  if (isInputHeld && (inputFreedAt < 0 || inputFreedAt >= segment.to)) return false;
  const until = alikeUpTo(ledger, first);
  if (until > segment.from) repeatSegment(ledger, segment, until);
  for (let index = until; index < segment.to; index++) {
    const storage = log[index] as Storage;
    if (!isBefore(storage)) repeatEntry(ledger, index);
    else if (isInputHeld) {
      repeatEntry(ledger, inputFreedAt);
      isInputHeld = false;
    } else if (index === inputFreedAt) break;
  }
  return !isInputHeld;
};

/**
 * Adds the segments of later layers to those of a tape that ran the first layer of each kind.
 *
 * @returns whether that could be done: not where layers return something else than they take, or share more than tables and masks
 * @internal
 */
export const addMiddleLayers = ({ recorder: { ledger }, layers }: Tape, ran: number): boolean => {
  if (!layers.alike) return false;
  const firsts = ledger.segments.filter(({ layer }) => layer >= 0 && layer < ran);
  return firsts.every((segment) => {
    const { microStep } = segment;
    const layer = middleOf(ran, segment.layer);
    if (segment.phase !== "backward") {
      ledger.segments.push({ ...segment, layer, index: ledger.segments.length });
      return true;
    }
    beginSegment(ledger, { ...segment, layer });
    const isFirst = segment.layer === 0;
    const isBefore = madeBefore(ledger, segment);
    const isFound = enterBackward(ledger, {
      segment,
      isBefore,
      handed: isFirst ? (layers.handed[microStep] ?? null) : null,
    });
    endSegment(ledger);
    return isFound;
  });
};

/** Blocks of all buffers of the model: those of a layer of the run are counted once for each layer that it stands for. */
const bufferBlocksOf = ({ log }: Ledger, { stretches, spans }: Program<Segment>): number => {
  const [load] = spans;
  let blocks = 0;
  for (const { segment, times } of stretches.slice(load?.from, load?.to))
    for (let index = segment.from; index < segment.to; index++) {
      const storage = log[index] as Storage;
      if (storage.module === BUFFER) blocks += times * storage.blocks;
    }
  return blocks;
};

/** A function of its own, so that its closure keeps only the options in memory, and not the tape. */
export const chunkTokensOf =
  (options: StepOptions): ChunkTokens =>
  (batch) =>
    chunkTokens(options, tokensOf(options.method, batch));

/** A program whose segments are copies without storages, so that the ledger can be collected as garbage. */
const withoutLedger = ({ stretches, ...rest }: Program<Segment>): Program<RecordedSegment> => {
  const kept = new Map<Segment, RecordedSegment>();
  const keep = (segment: Segment): RecordedSegment => {
    const known = kept.get(segment) ?? recordedSegment(segment);
    kept.set(segment, known);
    return known;
  };
  return { ...rest, stretches: stretches.map((each) => ({ ...each, segment: keep(each.segment) })) };
};

/** The layers that are run, and the code that runs them. `bucket`: none where every layer of the model is run. */
type ChainToRun = RepresentativeLayers & Readonly<{ forward: Forward; bucket?: BucketAlongLayers | null }>;

/** The layers that were run, and the ledgers of the run. */
type Ran = Pick<RepresentativeLayers, "run" | "stands"> & Readonly<{ traced: Traced }>;

/** Keeps the part of a run that every batch and length needs: of the card, and of host memory where activations are offloaded. */
const compiledFrom = (workings: Workings, options: StepOptions, { run, stands, traced }: Ran): CompiledStep => {
  const { passes } = objectiveOfStep(workings, options);
  const compiled = (ledger: Ledger, host: CompiledStep | null): CompiledStep => {
    const { segments, terms, growths, factors, elementBytes, chunkSize, virtualTokens } = ledger;
    const program = programOf({ segments, ran: run.length, stands }, options, passes);
    return {
      program: withoutLedger(program),
      sizes: { terms, growths, factors, elementBytes, chunkSize, virtualTokens },
      chunkTokens: chunkTokensOf(options),
      bufferBlocks: bufferBlocksOf(ledger, program),
      host,
    };
  };
  return compiled(traced.card, traced.host && compiled(traced.host, null));
};

const runOf = ({ families }: Workings, { architecture }: StepOptions, { run, forward }: ChainToRun): Run => ({
  forward,
  layout: families.layoutOf(architecture),
  chain: run,
});

/** Runs a step on paper with these layers and keeps its segments. @internal */
export const compileChain = (workings: Workings, options: StepOptions, chain: ChainToRun): CompiledStep => {
  const { bucket = null } = chain;
  const filled = withBucketFilling(options, bucket && bucketFillingOf(bucket, chain));
  const traced = trace(workings, filled, runOf(workings, options, chain));
  return compiledFrom(workings, options, { ...chain, traced });
};

/** Runs the first layer of each kind alone, where the other layers follow from it; null elsewhere. */
const compileFirstLayers = (workings: Workings, options: StepOptions, forward: Forward): CompiledStep | null => {
  // Layers of a second pass have no segments that others could be made like.
  if (objectiveOfStep(workings, options).passes.length > 1) return null;
  const firsts = firstLayersOf(options, forward, layersOf(workings.families, options, forward));
  if (firsts === null) return null;
  const tape = runOnTape(workings, options, runOf(workings, options, { ...firsts, forward }));
  if (!addMiddleLayers(tape, firsts.run.length)) return null;
  return compiledFrom(workings, options, { ...firsts, traced: { card: tape.recorder.ledger, host: null } });
};

/** Runs a step on paper with as few layers as can stand for all. */
export const compileStep = (
  workings: Workings,
  options: StepOptions,
  forward: Forward = workings.families.modellingOf(options.architecture.model_type, options.modelling).forward,
): CompiledStep =>
  compileFirstLayers(workings, options, forward) ??
  compileChain(workings, options, { ...runChainOf(workings, options, { forward }), forward });

/** All layers of a model, those that are run on paper, and which of these stands for each; `bucket`: that of ZeRO's gradients along all layers. */
type RunChain = Readonly<{ layers: readonly ChainLayer[]; bucket: BucketAlongLayers | null }> & RepresentativeLayers;

/**
 * How many layers at the end are like no others.
 *
 * - One where ranks shard or divide the model, or where only some layers are checkpointed: backward begins with the last layer.
 * - Two on a stage whose parameters are sharded. One gives the same bytes, up to the rounding of sums beyond 2^53.
 * - With ZeRO all from the last trained layer on: the first gradients of all are that layer's.
 * - All where what is returned has logits of every layer's router.
 */
const trailingOf = (
  { ranks, division, stage, loss }: StepOptions,
  layers: readonly ChainLayer[],
  isLayerTrained: (layer: ChainLayer) => boolean,
): Ends["trailing"] => {
  if ("routerLogits" in loss) return layers.length;
  if (ranks === null) return division !== undefined || layers.some(({ keepsAll }) => keepsAll) ? 1 : 0;
  const last = ranks.zero === null ? -1 : layers.findLastIndex(isLayerTrained);
  return Math.max(stage === undefined ? 1 : 2, last === -1 ? 0 : layers.length - last);
};

/**
 * With LoRA and without checkpointing, nothing before the first layer with an adapter needs a gradient. That layer saves less than later ones: for example
 * no rotary table, where neither queries nor keys are adapted. So in backward the layer after it is the last to release the rest, and differs from later
 * layers too. The same holds where saved tensors are offloaded: the first layer sends shared ones to host memory, and the next keeps them on the card.
 */
const endsOf = (planned: Planned, options: StepOptions, layers: readonly ChainLayer[]): Omit<Ends, "full"> => {
  const { method, gradient_checkpointing, savedTensorsOffloaded } = options;
  const planOf = modulePlanner(planned);
  const isLayerTrained = ({ modules }: ChainLayer): boolean => hasTrainedTensors(planOf, modules);
  // The last layer makes the gradient of what all layers share and train; those before add theirs.
  const sharesTrained = planParameters(planned).shared.some(({ trained }) => trained);
  const trailing = Math.max(trailingOf(options, layers, isLayerTrained), sharesTrained ? 1 : 0);
  const isWhole = method.kind === "full" || gradient_checkpointing;
  return {
    bare: isWhole ? 0 : Math.max(0, layers.findIndex(isLayerTrained)),
    leading: isWhole && savedTensorsOffloaded !== true ? 1 : 2,
    trailing,
  };
};

/** Of every n layers of a stage only the last is checkpointed; the others keep all that they save. @see torchtitan, `_apply_layer_sac` */
const withSelection = (layers: readonly ChainLayer[], { selective }: StepOptions): readonly ChainLayer[] =>
  typeof selective === "number"
    ? layers.map((layer, index) => ({ ...layer, keepsAll: (index + 1) % selective > 0 }))
    : layers;

/** The layers of a model, or of its stage, in order. */
const layersOf = (families: Families, options: StepOptions, forward: Forward): readonly ChainLayer[] => {
  const { architecture, stage } = options;
  return withSelection(chainLayers(families)(architecture)(forward).slice(...(stage?.layers ?? [])), options);
};

/** The layers that a step is run with. `trailing`: at least so many at the end are run by themselves. */
export const runChainOf = (
  code: Code,
  options: StepOptions,
  { forward, trailing = 0 }: Readonly<{ forward: Forward; trailing?: number }>,
): RunChain => {
  const layers = layersOf(code.families, options, forward);
  const planned = plannedStep(code, options);
  const ends = endsOf(planned, options, layers);
  const bucket = bucketAlongLayers(options, planned, layers);
  const apart = { ...ends, trailing: Math.max(trailing, ends.trailing), full: bucket?.full };
  return { layers, bucket, ...representativeLayersOf(layers, apart) };
};
