import { type ChainLayer, chainLayers } from "#calc/families/chain-layers.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Families } from "#calc/families/families.ts";
import type { Ledger, Segment, Storage } from "#calc/tape/ledger/ledger.ts";
import { objectiveOf } from "#calc/modules/objectives/objective-of.ts";
import { chunkTokens } from "#calc/modules/chunk-tokens.ts";
import type { Code } from "./code.ts";
import { BUFFER } from "./load.ts";
import { type Chain, type Ends, chainOf } from "./chain.ts";
import type { CompiledStep } from "./compiled-step.ts";
import { isTrained, plannedStep } from "./planned-step.ts";
import { type Program, programOf } from "./program.ts";
import { recorded, type RecordedSegment } from "./recording.ts";
import type { ChunkTokens } from "./sizes-at.ts";
import { modulePlanner } from "#calc/parameters/plan.ts";
import { addMiddleLayers, firstLayersOf } from "./middle-layers.ts";
import { type Run, runOnTape, trace, type Traced } from "./trace.ts";
import type { Workings } from "./workings.ts";

/** All layers of a model, those of them that are run on paper, and which of these stands for each. */
export type RunChain = Readonly<{ layers: readonly ChainLayer[] }> & Chain;

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

/** Blocks of all buffers of the model, of which a run has those of its own layers. */
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

/** On its own, so that what is kept does not keep all that compiling had in its hands. */
const chunkTokensOf =
  (options: StepOptions): ChunkTokens =>
  (tokens, rows) =>
    chunkTokens(options, tokens, rows);

/** A program without its ledger. */
const withoutLedger = ({ stretches, ...rest }: Program<Segment>): Program<RecordedSegment> => {
  const kept = new Map<Segment, RecordedSegment>();
  const keep = (segment: Segment): RecordedSegment => {
    const known = kept.get(segment) ?? recorded(segment);
    kept.set(segment, known);
    return known;
  };
  return { ...rest, stretches: stretches.map((each) => ({ ...each, segment: keep(each.segment) })) };
};

/** The layers that are run, each of which stands for those of the model that the chain says, and how they run. */
type ChainToRun = Chain & Readonly<{ forward: Forward }>;

/** What was run, and the ledgers of it. */
type Ran = Pick<Chain, "run" | "stands"> & Readonly<{ traced: Traced }>;

/** Keeps of a run what has to be known at any batch and length: of the card, and of host memory where activations go there. */
const compiledFrom = ({ objectives }: Workings, options: StepOptions, { run, stands, traced }: Ran): CompiledStep => {
  const { passes } = objectiveOf(objectives, options.objective);
  const compiled = (ledger: Ledger, host: CompiledStep | null): CompiledStep => {
    const { segments, terms, growths, factors, chunkSize } = ledger;
    const program = programOf({ segments, ran: run.length, stands }, options, passes);
    return {
      program: withoutLedger(program),
      sizes: { terms, growths, factors, chunkSize },
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

/** Runs a step on paper with these layers and keeps its segments. */
export const compileChain = (workings: Workings, options: StepOptions, chain: ChainToRun): CompiledStep => {
  const traced = trace(workings, options, runOf(workings, options, chain));
  return compiledFrom(workings, options, { ...chain, traced });
};

/** The same with the first layer of each kind, where the others follow from it; null elsewhere. */
const compileFirstLayers = (workings: Workings, options: StepOptions, forward: Forward): CompiledStep | null => {
  const firsts = firstLayersOf(options, forward, layersOf(workings.families, options, forward));
  if (firsts === null) return null;
  const tape = runOnTape(workings, options, runOf(workings, options, { ...firsts, forward }));
  if (!addMiddleLayers(tape, firsts.run.length)) return null;
  return compiledFrom(workings, options, { ...firsts, traced: { card: tape.recorder.ledger, host: null } });
};

/** Runs a step on paper with those layers that are like no others. */
export const compileStep = (
  workings: Workings,
  options: StepOptions,
  forward: Forward = workings.families.modellingOf(options.architecture.model_type, options.modelling).forward,
): CompiledStep =>
  compileFirstLayers(workings, options, forward) ??
  compileChain(workings, options, { ...runChainOf(workings, options, { forward }), forward });
