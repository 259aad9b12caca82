import { type ChainLayer, chainLayers } from "#calc/families/chain-layers.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Families } from "#calc/families/families.ts";
import type { Ledger, Segment, Storage } from "#calc/tape/ledger/ledger.ts";
import { objectiveOfStep } from "./objective-of-step.ts";
import { chunkTokens, tokensOf } from "#calc/modules/chunk-tokens.ts";
import type { Code } from "./code.ts";
import { type BucketAlong, bucketAlong, fillingOf, withFilling } from "./bucket-along.ts";
import { BUFFER } from "./load.ts";
import { type Chain, type Ends, chainOf } from "./chain.ts";
import type { CompiledStep } from "./compiled-step.ts";
import { isTrained, plannedStep } from "./planned-step.ts";
import { type Program, programOf } from "./program.ts";
import { recorded, type RecordedSegment } from "./recording.ts";
import type { ChunkTokens } from "./sizes-at.ts";
import { modulePlanner, type Planned, planParameters } from "#calc/parameters/plan.ts";
import { addMiddleLayers, firstLayersOf } from "./middle-layers.ts";
import { type Run, runOnTape, trace, type Traced } from "./trace.ts";
import type { Workings } from "./workings.ts";

/** All layers of a model, those that are run on paper, and which of these stands for each; `bucket`: that of ZeRO's gradients along all layers. */
export type RunChain = Readonly<{ layers: readonly ChainLayer[]; bucket: BucketAlong | null }> & Chain;

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
  const isLayerTrained = ({ modules }: ChainLayer): boolean => isTrained(planOf, modules);
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
  const bucket = bucketAlong(options, planned, layers);
  const apart = { ...ends, trailing: Math.max(trailing, ends.trailing), full: bucket?.full };
  return { layers, bucket, ...chainOf(layers, apart) };
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
    const known = kept.get(segment) ?? recorded(segment);
    kept.set(segment, known);
    return known;
  };
  return { ...rest, stretches: stretches.map((each) => ({ ...each, segment: keep(each.segment) })) };
};

/** The layers that are run, and the code that runs them. `bucket`: none where every layer of the model is run. */
type ChainToRun = Chain & Readonly<{ forward: Forward; bucket?: BucketAlong | null }>;

/** The layers that were run, and the ledgers of the run. */
type Ran = Pick<Chain, "run" | "stands"> & Readonly<{ traced: Traced }>;

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
  const filled = withFilling(options, bucket && fillingOf(bucket, chain));
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
