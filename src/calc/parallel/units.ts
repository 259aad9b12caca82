import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { BUFFER } from "#calc/step/load.ts";
import type { AllocatedTermId } from "#calc/model/term.ts";
import { ELEMENT_BYTES, type Element } from "#calc/base/element.ts";
import { allocate, countAs, release, resize } from "#calc/tape/ledger/storages.ts";
import type { Ledger, Storage } from "#calc/tape/ledger/ledger.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Leaf, Tape, Tensor } from "#calc/tape/tape.ts";
import type { RankOptions } from "#calc/model/options/rank-options.ts";
import { shardElements } from "./sharded-tensors.ts";

/** A parameter that is gathered from shards: its whole storage, the elements of one rank's shard, and the leaf where its gradient arrives. */
export type Gathered = Readonly<{ storage: Storage; shard: number; isCast: boolean; leaf: Leaf | null }>;

/** Parameters that are gathered together. */
export type Unit = {
  readonly parameters: Gathered[];
  isWhole: boolean;
  /** Whether this backward has reduced its gradients. */
  isReduced: boolean;
  /** The rank's share of the reduced gradients. */
  gradient: Storage | null;
  /** Whole gradients of earlier micro steps, in the type that they will be reduced in. */
  whole: [Gathered, Storage][];
};

/** A unit before anything is loaded. */
export const emptyUnit = (): Unit => ({ parameters: [], isWhole: false, isReduced: false, gradient: null, whole: [] });

/** The sum of a number over parameters. */
export const sumOf = (parameters: readonly Gathered[], of: (each: Gathered) => number): number =>
  parameters.reduce((total, each) => total + of(each), 0);

/** Elements of a rank's shards. */
export const shardOf = (parameters: readonly Gathered[]): number => sumOf(parameters, ({ shard }) => shard);

/** A flat tensor of so many elements. */
export type Flat = Readonly<{ op: string; term?: AllocatedTermId; elements: number; dtype: Element }>;

/** Allocates a flat tensor that no module holds. */
export const flat = (ledger: Ledger, { op, term = "workspace", elements, dtype }: Flat): Storage =>
  allocate(ledger, { shape: shapeOf(elements), dtype, term, op, module: "" });

/** 16-bit copies of shards that are kept wider, or in host memory, made to be gathered. */
export const castShards = (ledger: Ledger, { parameters }: Unit, { onHost }: RankOptions): Storage | null => {
  const elements = shardOf(parameters.filter(({ isCast }) => isCast || onHost));
  return elements === 0 ? null : flat(ledger, { op: "cast shards", elements, dtype: "bf16" });
};

/** Gives the unit's whole parameters their memory, or takes it away. */
export const setWhole = (ledger: Ledger, unit: Unit, isWhole: boolean): void => {
  if (unit.isWhole === isWhole) return;
  for (const { storage } of unit.parameters) resize(ledger, storage, isWhole ? 1 : -1);
  unit.isWhole = isWhole;
};

/**
 * The rank's rows of a gradient that has come whole: that of an embedding whose rows are divided. They are copied out when it is reduced.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param.py, `_get_grad_inner_tensor`
 */
export const ownRows = (ledger: Ledger, { storage }: Gathered, gradient: Storage): Storage => {
  const elements = storage.shape.factor;
  if (gradient.shape.factor <= elements) return gradient;
  const own = flat(ledger, { op: "own rows", term: "gradients", elements, dtype: gradient.dtype });
  release(ledger, gradient);
  return own;
};

/** Takes the gradients that have arrived at the unit's parameters; the caller lets them go. */
export const takeGradients = ({ parameters }: Unit): readonly [Gathered, Storage][] =>
  parameters.flatMap((each): [Gathered, Storage][] => {
    const gradient = each.leaf?.gradient ?? null;
    if (gradient === null || each.leaf === null) return [];
    each.leaf.gradient = null;
    return [[each, gradient]];
  });

/** How much of reduced gradients a rank keeps, where and in which type. */
type Kept = Pick<RankOptions, "reduce" | "onHost"> & Readonly<{ elements: number; kept: Element }>;

/** Keeps a rank's share of reduced gradients, in the type of its parameters, or adds it to that of earlier micro steps; or sends it to the host. */
export const keepGradient = (ledger: Ledger, unit: Unit, { elements, reduce, kept, onHost }: Kept): void => {
  const term = "gradients";
  let output = flat(ledger, { op: "reduce-scatter", term, elements, dtype: reduce });
  if (kept !== reduce) {
    const cast = flat(ledger, { op: "to", term, elements, dtype: kept });
    release(ledger, output);
    output = cast;
  }
  if (unit.gradient === null && !onHost) unit.gradient = output;
  else release(ledger, output);
};

/** The unit of the embeddings, where they are one of their own. */
export const EMBEDDINGS = -2;

/** The units of a run, by the layer's number; −1 is what stands outside the layers, or after them. */
export type Units = Readonly<{
  of: (index: number) => Unit;
  all: () => readonly (readonly [index: number, unit: Unit])[];
  /** The number of layers. */
  layers: () => number;
  hasEmbeddings: () => boolean;
  /** Whether a unit is that of what stands outside the layers, and none of it before them. */
  isAfterLayers: (index: number) => boolean;
  loaded: (tensor: Tensor) => Gathered | null;
  /** The type that a unit's gradients are kept in. */
  kept: () => Element;
}>;

/** Statistics of packed weights are no parameters: every rank has them whole. */
const isParameter = ({ term, module }: Storage): boolean =>
  (term === "weights" || term === "adapters") && module !== BUFFER && !module.endsWith("absmax");

const isOf = ({ module }: Storage, modules: readonly string[]): boolean =>
  modules.some((name) => module.startsWith(`${name}.`));

/** In which unit a parameter is that is being loaded. */
const unitIndexOf = (ledger: Ledger, parameter: Storage, embeddings: readonly string[]): number => {
  const layer = ledger.segments.at(-1)?.layer ?? -1;
  return layer === -1 && isOf(parameter, embeddings) ? EMBEDDINGS : layer;
};

/** Elements of a rank's shard: of whole rows, or with ZeRO of whatever there is. */
const shardOn = ({ strategy, ranks }: RankOptions, { shape: { dims, factor } }: Storage): number =>
  strategy === "zero3" ? Math.ceil(factor / ranks) : shardElements(Number(dims[0] ?? 1), factor, ranks);

/** Sorts the parameters of a run into units while they are loaded, and takes their memory away: it comes back when they are gathered. */
export const unitsOn = ({ recorder: { ledger } }: Tape, options: RankOptions): Units => {
  const { ranks, stored, embeddings, tiedEnds, hasTail, zero } = options;
  const units = new Map<number, Unit>();
  let hasAdapters = false;
  const of = (index: number): Unit => {
    const unit = units.get(index) ?? emptyUnit();
    units.set(index, unit);
    return unit;
  };
  const addTo = (index: number, gathered: Gathered): void => {
    const { parameters } = of(index);
    const comesFirst = index === -1 && tiedEnds.length > 0 && !isOf(gathered.storage, tiedEnds);
    parameters.splice(comesFirst ? 0 : parameters.length, 0, gathered);
  };
  of(-1);
  if (hasTail) of(EMBEDDINGS);
  return {
    of,
    all: () => [...units],
    layers: () => units.size - (units.has(EMBEDDINGS) ? 2 : 1),
    hasEmbeddings: () => units.has(EMBEDDINGS),
    isAfterLayers: (index) => index === -1 && embeddings.length > 0,
    kept: () => (hasAdapters ? stored.adapters : stored.weights),
    loaded: ({ storage, node }) => {
      if (!isParameter(storage)) return null;
      const shard = shardOn(options, storage);
      const kind = storage.term === "adapters" ? "adapters" : "weights";
      const isCast = storage.dtype === "bf16" && stored[kind] === "fp32";
      hasAdapters ||= kind === "adapters";
      resize(ledger, storage, -1);
      storage.blocks = Math.ceil((ranks * shard * ELEMENT_BYTES[storage.dtype]) / BLOCK_BYTES);
      countAs(ledger, storage, "workspace");
      const gathered = { storage, shard, isCast, leaf: node?.leaf ?? null };
      // What stays whole everywhere is no part of a unit: `rankHoldings` has it.
      if (zero !== null && storage.shape.factor < zero.persistent) return gathered;
      addTo(unitIndexOf(ledger, storage, embeddings), gathered);
      return gathered;
    },
  };
};
