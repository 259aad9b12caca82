import type { ChainLayer } from "#calc/families/chain-layer.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import { assert } from "#calc/base/assert.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layoutOf } from "#calc/families/layout-of.ts";
import { modellingOf } from "#calc/families/known-families.ts";
import { chainLayers } from "#calc/families/forward/layer-kinds.ts";
import type { Ledger, Phase, Storage } from "#calc/tape/ledger.ts";
import { chunkTokens } from "#calc/modules/chunk-tokens.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import { BUFFER, isAdapted } from "./load.ts";
import type { Chain, Ends } from "./chain.ts";
import { chainOf } from "./chain.ts";
import { type RecordedSegment, type Recording, recordingOf } from "./recording.ts";
import { runsToEnd } from "./runs-to-end.ts";
import { addMiddleLayers, firstLayersOf } from "./middle-layers.ts";
import { BEFORE, microStepsOf, runOnTape, trace, type Traced } from "./trace.ts";

/** A segment and how often it runs in a row in the model. */
export type Stretch = Readonly<{ segment: RecordedSegment; times: number }>;

/** One forward and backward of a micro step, as stretches of equal layers. */
export type MicroStep = Readonly<{ forward: readonly Stretch[]; backward: readonly Stretch[] }>;

/** All layers of a model, those of them that are run on paper, and which of these stands for each. */
export type RunChain = Readonly<{ layers: readonly ChainLayer[] }> & Chain;

/** A step on paper, for any batch and length. */
export type CompiledStep = Readonly<{
  ledger: Recording;
  /** For each layer of the model, the layer of the run that stands for it. */
  stands: readonly number[];
  /** What is there after loading, and the batch. */
  loaded: readonly Stretch[];
  batch: Stretch;
  /** What came before, as far as something of it is left. */
  before: readonly Stretch[];
  microSteps: readonly MicroStep[];
  /** Tokens of one chunk of the loss, of so many in so many rows. */
  chunkTokens: (tokens: number, rows: number) => number;
  /** Blocks of the model's buffers. */
  bufferBlocks: number;
  /** The same step in host memory; null where no activations go there. */
  host: CompiledStep | null;
}>;

/** A layer of the run and how many layers of the model in a row it stands for. */
type Row = Readonly<{ layer: number; times: number }>;

/** The run's layers in the model's order, with what comes before them and after. */
const rowsOf = (order: readonly number[]): readonly Row[] => {
  const rows: { layer: number; times: number }[] = [];
  for (const layer of order) {
    const last = rows[rows.length - 1];
    if (last?.layer === layer) last.times++;
    else rows.push({ layer, times: 1 });
  }
  return rows;
};

/** The segments of a phase of a micro step, as often as the model runs them. */
const stretches = (
  { segments }: Recording,
  [phase, microStep]: readonly [Phase, number],
  rows: readonly Row[],
): readonly Stretch[] => {
  const byLayer = new Map<number, RecordedSegment>();
  for (const segment of segments)
    if (segment.phase === phase && segment.microStep === microStep) byLayer.set(segment.layer, segment);
  const found: Stretch[] = [];
  for (const { layer, times } of byLayer.size === 0 ? [] : rows) {
    const segment = byLayer.get(layer);
    if (segment !== undefined) found.push({ segment, times });
  }
  return found;
};
const undone = ({ segment, times }: Stretch): Stretch => ({ segment, times: -times });

/** How many layers at the end are like no others. */
const trailingOf = (
  { ranks, division, stage }: StepOptions,
  layers: readonly ChainLayer[],
  isTrained: (layer: ChainLayer) => boolean,
): Ends["trailing"] => {
  if (ranks === null) return division !== undefined || layers.some(({ keepsAll }) => keepsAll) ? 1 : 0;
  const last = ranks.zero === null ? -1 : layers.findLastIndex(isTrained);
  return Math.max(stage === undefined ? 1 : 2, last === -1 ? 0 : layers.length - last);
};

/**
 * With LoRA and without checkpointing nothing before the first layer that has an adapter asks for a gradient. That layer saves less than others, no rotary
 * table for one where neither queries nor keys are adapted, and the last to let go of what it does not save is the next. So it is where the first sends
 * such things to host memory.
 */
const endsOf = (options: StepOptions, layout: ModelLayout, layers: readonly ChainLayer[]): Ends => {
  const { method, gradient_checkpointing, savedTensorsOffloaded } = options;
  const isTrained = ({ modules }: ChainLayer): boolean => method.kind === "full" || isAdapted(options, layout, modules);
  const trailing = trailingOf(options, layers, isTrained);
  const isWhole = method.kind === "full" || gradient_checkpointing;
  return {
    bare: isWhole ? 0 : Math.max(0, layers.findIndex(isTrained)),
    leading: isWhole && savedTensorsOffloaded !== true ? 1 : 2,
    trailing,
  };
};

/** Which of the layers are checkpointed: of every n the last, counted within a stage. @see torchtitan, `_apply_layer_sac` */
const withSelection = (layers: readonly ChainLayer[], { selective }: StepOptions): readonly ChainLayer[] =>
  typeof selective === "number"
    ? layers.map((layer, index) => ({ ...layer, keepsAll: (index + 1) % selective > 0 }))
    : layers;

/** The model's layers in order, or those of its stage. */
const layersOf = (options: StepOptions, forward: Forward): readonly ChainLayer[] => {
  const { architecture, stage } = options;
  return withSelection(chainLayers(architecture)(forward).slice(...(stage?.layers ?? [])), options);
};

/** Which layers of a model a step is run with; at least as many at the end by themselves as asked for. */
export const runChainOf = (
  options: StepOptions,
  { layout, forward }: Readonly<{ layout: ModelLayout; forward: Forward }>,
  trailing = 0,
): RunChain => {
  const layers = layersOf(options, forward);
  const ends = endsOf(options, layout, layers);
  return { layers, ...chainOf(layers, { ...ends, trailing: Math.max(trailing, ends.trailing) }) };
};

const bufferBlocksOf = ({ log }: Ledger, loaded: readonly Stretch[]): number => {
  let blocks = 0;
  for (const { segment, times } of loaded)
    for (let index = segment.from; index < segment.to; index++) {
      const storage = log[index] as Storage;
      if (storage.module === BUFFER) blocks += times * storage.blocks;
    }
  return blocks;
};

/** On its own, so that what is kept does not keep all that compiling had in its hands. */
const chunkTokensOf =
  (options: StepOptions): CompiledStep["chunkTokens"] =>
  (tokens, rows) =>
    chunkTokens(options, tokens, rows);

/** Ledgers with the segments of each kind of layer, how many layers were run for them, and which segments stand for each layer of the model. */
type Compiling = Readonly<{ traced: Traced; ran: number; stands: readonly number[] }>;

/** The segments of a ledger in the order in which the model runs them. */
const inOrder = (
  ledger: Ledger,
  options: StepOptions,
  { ran, stands }: Pick<Compiling, "ran" | "stands">,
): Omit<CompiledStep, "host"> => {
  const recording = recordingOf(ledger);
  const rows = rowsOf([-1, ...stands, ran]);
  const backwards = rows.toReversed();
  const loaded = stretches(recording, ["load", 0], rows.slice(0, -1));
  const [batch] = stretches(recording, ["load", 0], rows.slice(-1));
  assert(batch !== undefined, "the batch is loaded");
  const microStepOf = (microStep: number, gone: readonly Stretch[] = []): MicroStep => ({
    forward: [
      ...stretches(recording, ["forward", microStep], rows),
      ...stretches(recording, ["turn", microStep], rows),
      ...stretches(recording, ["release", microStep], rows),
    ],
    backward: [
      ...stretches(recording, ["backward", microStep], backwards),
      ...gone,
      ...stretches(recording, ["finish", microStep], rows),
    ],
  });
  const { forward: ahead, backward: behind } = microStepOf(BEFORE);
  const before = Array.from({ length: (options.stage?.inFlight ?? 2) - 1 }, () => [...ahead, ...behind]).flat();
  const count = microStepsOf(options);
  // Micro batches that waited for later stages have had their backward when the last has, and what follows follows them all.
  const gone = options.stage === undefined || !runsToEnd(options) ? [] : before.map(undone);
  const microSteps = Array.from({ length: count }, (_, microStep) =>
    microStepOf(microStep, microStep === count - 1 ? gone : []),
  );
  return {
    ledger: recording,
    stands,
    loaded,
    batch,
    before,
    microSteps,
    bufferBlocks: bufferBlocksOf(ledger, loaded),
    chunkTokens: chunkTokensOf(options),
  };
};

const compiledFrom = (options: StepOptions, { traced, ...layers }: Compiling): CompiledStep => {
  const { card, host } = traced;
  return { ...inOrder(card, options, layers), host: host && { ...inOrder(host, options, layers), host: null } };
};

/** Runs a step on paper with these layers, each of which stands for those of the model that the chain says, and keeps its segments. */
export const compileChain = (options: StepOptions, forward: Forward, { run, stands }: Chain): CompiledStep => {
  const traced = trace(options, { forward, layout: layoutOf(options.architecture), chain: run });
  return compiledFrom(options, { traced, ran: run.length, stands });
};

/** The same with the first layer of each kind, where the others follow from it; null elsewhere. */
const compileFirstLayers = (options: StepOptions, forward: Forward): CompiledStep | null => {
  const firsts = firstLayersOf(options, forward, layersOf(options, forward));
  if (firsts === null) return null;
  const { run, stands } = firsts;
  const tape = runOnTape(options, { forward, layout: layoutOf(options.architecture), chain: run });
  if (!addMiddleLayers(tape, run.length)) return null;
  return compiledFrom(options, { traced: { card: tape.recorder.ledger, host: null }, ran: run.length, stands });
};

/** Runs a step on paper with those layers that are like no others. */
export const compileStep = (
  options: StepOptions,
  forward: Forward = modellingOf(options.architecture.model_type, options.modelling).forward,
): CompiledStep =>
  compileFirstLayers(options, forward) ??
  compileChain(options, forward, runChainOf(options, { layout: layoutOf(options.architecture), forward }));
