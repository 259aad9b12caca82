import type { ChainLayer } from "#calc/families/chain-layer.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import { assert } from "#calc/base/assert.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Families } from "#calc/families/families.ts";
import { chainLayers } from "#calc/families/layer-kinds.ts";
import type { Ledger, Phase, Storage } from "#calc/tape/ledger.ts";
import { chunkTokens } from "#calc/modules/chunk-tokens.ts";
import type { Code } from "./code.ts";
import { BUFFER } from "./load.ts";
import type { Chain, Ends } from "./chain.ts";
import { chainOf } from "./chain.ts";
import type { CompiledStep, MicroStep, Stretch } from "./compiled-step.ts";
import { isTrained, plannedStep } from "./planned-step.ts";
import { type RecordedSegment, type Recording, recordingOf } from "./recording.ts";
import { modulePlanner } from "#calc/parameters/plan.ts";
import { runsToEnd } from "./runs-to-end.ts";
import { addMiddleLayers, firstLayersOf } from "./middle-layers.ts";
import { BEFORE, microStepsOf, type Run, runOnTape, trace, type Traced } from "./trace.ts";
import type { Workings } from "./workings.ts";

/** All layers of a model, those of them that are run on paper, and which of these stands for each. */
export type RunChain = Readonly<{ layers: readonly ChainLayer[] }> & Chain;

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
  isLayerTrained: (layer: ChainLayer) => boolean,
): Ends["trailing"] => {
  if (ranks === null) return division !== undefined || layers.some(({ keepsAll }) => keepsAll) ? 1 : 0;
  const last = ranks.zero === null ? -1 : layers.findLastIndex(isLayerTrained);
  return Math.max(stage === undefined ? 1 : 2, last === -1 ? 0 : layers.length - last);
};

/**
 * With LoRA and without checkpointing nothing before the first layer that has an adapter asks for a gradient. That layer saves less than others, no rotary
 * table for one where neither queries nor keys are adapted, and the last to let go of what it does not save is the next. So it is where the first sends
 * such things to host memory.
 */
const endsOf = (code: Code, options: StepOptions, layers: readonly ChainLayer[]): Ends => {
  const { method, gradient_checkpointing, savedTensorsOffloaded } = options;
  const planOf = modulePlanner(plannedStep(code, options));
  const isLayerTrained = ({ modules }: ChainLayer): boolean => isTrained(planOf, modules);
  const trailing = trailingOf(options, layers, isLayerTrained);
  const isWhole = method.kind === "full" || gradient_checkpointing;
  return {
    bare: isWhole ? 0 : Math.max(0, layers.findIndex(isLayerTrained)),
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
const layersOf = (families: Families, options: StepOptions, forward: Forward): readonly ChainLayer[] => {
  const { architecture, stage } = options;
  return withSelection(chainLayers(families)(architecture)(forward).slice(...(stage?.layers ?? [])), options);
};

/** Which layers of a model a step is run with; at least as many at the end by themselves as asked for. */
export const runChainOf = (
  code: Code,
  options: StepOptions,
  { forward, trailing = 0 }: Readonly<{ forward: Forward; trailing?: number }>,
): RunChain => {
  const layers = layersOf(code.families, options, forward);
  const ends = endsOf(code, options, layers);
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

/** The layers that are run, each of which stands for those of the model that the chain says, and how they run. */
type ChainToRun = Chain & Readonly<{ forward: Forward }>;

const runOf = ({ families }: Workings, { architecture }: StepOptions, { run, forward }: ChainToRun): Run => ({
  forward,
  layout: families.layoutOf(architecture),
  chain: run,
});

/** Runs a step on paper with these layers and keeps its segments. */
export const compileChain = (workings: Workings, options: StepOptions, chain: ChainToRun): CompiledStep => {
  const { run, stands } = chain;
  const traced = trace(workings, options, runOf(workings, options, chain));
  return compiledFrom(options, { traced, ran: run.length, stands });
};

/** The same with the first layer of each kind, where the others follow from it; null elsewhere. */
const compileFirstLayers = (workings: Workings, options: StepOptions, forward: Forward): CompiledStep | null => {
  const firsts = firstLayersOf(options, forward, layersOf(workings.families, options, forward));
  if (firsts === null) return null;
  const { run, stands } = firsts;
  const tape = runOnTape(workings, options, runOf(workings, options, { ...firsts, forward }));
  if (!addMiddleLayers(tape, run.length)) return null;
  return compiledFrom(options, { traced: { card: tape.recorder.ledger, host: null }, ran: run.length, stands });
};

/** Runs a step on paper with those layers that are like no others. */
export const compileStep = (
  workings: Workings,
  options: StepOptions,
  forward: Forward = workings.families.modellingOf(options.architecture.model_type, options.modelling).forward,
): CompiledStep =>
  compileFirstLayers(workings, options, forward) ??
  compileChain(workings, options, { ...runChainOf(workings, options, { forward }), forward });
