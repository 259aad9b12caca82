// Parameters that are gathered together (FSDP units): their shards, copies and gradients on the tape.

import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { BUFFER } from "#calc/step/load.ts";
import type { AllocatedTermId } from "#calc/model/terms.ts";
import { ELEMENT_BYTES, type Element } from "#calc/base/dtypes.ts";
import { allocate, countAs, release, resize, setStream } from "#calc/tape/ledger/storages.ts";
import type { Ledger, Storage, Stream } from "#calc/tape/ledger/ledger.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Leaf, Tape, Tensor } from "#calc/tape/tape.ts";
import type { RankOptions } from "#calc/model/step-options.ts";
import { shardElements } from "./sharding.ts";

/** A sharded parameter: the unsharded storage, the elements of a rank's shard, whether shards are cast before the all-gather, the leaf of its gradient. */
export type Gathered = Readonly<{
  storage: Storage;
  shard: number;
  isAdapter: boolean;
  isCast: boolean;
  leaf: Leaf | null;
}>;

/** Parameters that are gathered together (FSDP2: a parameter group, FSDP1: a flat parameter). */
export type Unit = {
  readonly parameters: Gathered[];
  /** How many ranks shard it. */
  readonly ranks: number;
  /** Whether it lies inside the unit of a layer, and then whether it is kept in fp32 in a model of 16 bits. */
  readonly isInner: boolean;
  readonly inFp32: boolean;
  /** Whether its parameters are unsharded. */
  isUnsharded: boolean;
  /** Whether this micro step's post-backward has run. */
  hasRunPostBackward: boolean;
  /** Whether its pre-backward has run, and its post-backward has not. */
  isInBackward: boolean;
  /** The rank's shard of the reduced gradients. */
  gradient: Storage | null;
  /** The sum of earlier micro steps' unsharded gradients, in the type that they will be reduced in (`unsharded_accumulated_grad`). */
  accumulated: [Gathered, Storage][];
};

/** A unit before anything is loaded. */
export const emptyUnit = (ranks: number, inner: Readonly<{ inFp32: boolean }> | null = null): Unit => ({
  parameters: [],
  ranks,
  isInner: inner !== null,
  inFp32: inner?.inFp32 ?? false,
  isUnsharded: false,
  hasRunPostBackward: false,
  isInBackward: false,
  gradient: null,
  accumulated: [],
});

/** The sum of a number over parameters. */
export const sumOf = (parameters: readonly Gathered[], of: (each: Gathered) => number): number =>
  parameters.reduce((total, each) => total + of(each), 0);

/** Elements of a rank's shards of these parameters. */
export const shardOf = (parameters: readonly Gathered[]): number => sumOf(parameters, ({ shard }) => shard);

/** A request for a flat tensor. */
export type Flat = Readonly<{
  op: string;
  term?: AllocatedTermId;
  elements: number;
  dtype: Element;
  stream?: Stream;
}>;

/** Allocates a flat tensor that belongs to no module. */
export const allocateFlat = (
  ledger: Ledger,
  { op, term = "workspace", elements, dtype, stream = "compute" }: Flat,
): Storage => {
  const storage = allocate(ledger, { shape: shapeOf(elements), dtype, term, op, module: "" });
  return stream === "compute" ? storage : setStream(ledger, storage, stream);
};

/** Makes the 16-bit copies that are gathered of shards in fp32 or in host memory; null where there are none. */
export const castShards = (
  ledger: Ledger,
  { parameters }: Unit,
  { onHost, stream }: Pick<RankOptions, "onHost"> & Readonly<{ stream: Stream }>,
): Storage | null => {
  const elements = shardOf(parameters.filter(({ isCast }) => isCast || onHost));
  return elements === 0 ? null : allocateFlat(ledger, { op: "cast shards", elements, dtype: "bf16", stream });
};

/**
 * Copies the unsharded parameters of a unit that nobody shards out of the rank's own, one by one; in between the 16-bit copies of those that are kept in fp32.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param_group.py, `wait_for_unshard` (`world_size == 1`)
 */
export const copyShards = (ledger: Ledger, unit: Unit): void => {
  if (unit.isUnsharded) return;
  let cast: Storage | null = null;
  for (const { storage, shard, isCast } of unit.parameters) {
    const isCopied = unit.isInner && isCast;
    const next: Storage | null = isCopied
      ? allocateFlat(ledger, { op: "cast shards", elements: shard, dtype: "bf16" })
      : null;
    if (cast !== null) release(ledger, cast);
    cast = next;
    resize(ledger, storage, 1);
  }
  if (cast !== null) release(ledger, cast);
  unit.isUnsharded = true;
};

/** Allocates the unit's unsharded parameters, or frees them (`alloc_storage`, `free_storage`). */
export const setUnsharded = (ledger: Ledger, unit: Unit, isUnsharded: boolean): void => {
  if (unit.isUnsharded === isUnsharded) return;
  for (const { storage } of unit.parameters) resize(ledger, storage, isUnsharded ? 1 : -1);
  unit.isUnsharded = isUnsharded;
};

/**
 * Copies a rank's rows out of a gradient of the whole table, which an embedding has whose rows tensor parallelism divides (`division-hooks.ts`).
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param.py, `_get_grad_inner_tensor`
 */
export const ownRows = (ledger: Ledger, { storage }: Gathered, gradient: Storage): Storage => {
  const elements = storage.shape.factor;
  if (gradient.shape.factor <= elements) return gradient;
  const own = allocateFlat(ledger, { op: "own rows", term: "gradients", elements, dtype: gradient.dtype });
  release(ledger, gradient);
  return own;
};

/** Takes the gradients that have arrived at the unit's parameters; the caller frees them. */
export const takeGradients = ({ parameters }: Unit): readonly [Gathered, Storage][] =>
  parameters.flatMap((each): [Gathered, Storage][] => {
    const gradient = each.leaf?.gradient ?? null;
    if (gradient === null || each.leaf === null) return [];
    each.leaf.gradient = null;
    return [[each, gradient]];
  });

/** How a rank keeps its shard of reduced gradients: how many elements, in which type, on the card or in host memory. */
type Kept = Pick<RankOptions, "reduce" | "onHost"> &
  Readonly<{
    elements: number;
    kept: Element;
    /** Divided into a tensor of its own first: there is no other rank whose sum would be divided. */
    isDivided?: boolean;
  }>;

/**
 * Keeps a rank's shard of reduced gradients in its parameters' type, all on the stream that reduces. Freed at once where it is added to that of earlier micro
 * steps, or sent to the host.
 */
export const keepGradient = (ledger: Ledger, unit: Unit, wanted: Kept): void => {
  const { elements, reduce, kept, onHost, isDivided = false } = wanted;
  const [term, stream] = ["gradients", "reduce"] as const;
  let output = allocateFlat(ledger, { op: "reduce-scatter", term, elements, dtype: reduce, stream });
  if (isDivided) release(ledger, allocateFlat(ledger, { op: "div", elements, dtype: reduce, stream }));
  if (kept !== reduce) {
    const cast = allocateFlat(ledger, { op: "to", term, elements, dtype: kept, stream });
    release(ledger, output);
    output = cast;
  }
  if (unit.gradient === null && !onHost) unit.gradient = output;
  else release(ledger, output);
};

/** The index of the unit of the embeddings, where they are a unit of their own. */
export const EMBEDDINGS = -2;

/** The units of a run, by the index of the layer. −1: what stands outside the layers; with embeddings of their own only what comes after the layers. */
export type Units = Readonly<{
  of: (index: number) => Unit;
  /** The units of modules inside a layer's, by the module, in the order in which the layer calls them. */
  innerOf: (index: number) => ReadonlyMap<string, Unit>;
  all: () => readonly (readonly [index: number, unit: Unit])[];
  /** How many layers there are. */
  layers: () => number;
  hasEmbeddings: () => boolean;
  /** Whether a unit has modules after the layers and none before them. */
  isAfterLayers: (index: number) => boolean;
  loaded: (tensor: Tensor) => Gathered | null;
  /** The type that reduced gradients are kept in. */
  kept: () => Element;
}>;

/** Buffers and the statistics of packed weights (`absmax`) are no parameters: every rank has them whole. */
export const isParameter = ({ term, module }: Storage): boolean =>
  (term === "weights" || term === "adapters") && module !== BUFFER && !module.endsWith("absmax");

const isOf = ({ module }: Storage, modules: readonly string[]): boolean =>
  modules.some((name) => module.startsWith(`${name}.`));

/** The index of the unit of a parameter that is being loaded. */
const unitIndexOf = (ledger: Ledger, parameter: Storage, embeddings: readonly string[]): number => {
  const layer = ledger.segments.at(-1)?.layer ?? -1;
  return layer === -1 && isOf(parameter, embeddings) ? EMBEDDINGS : layer;
};

/** Elements of a rank's shard: whole rows, or in ZeRO-3 an even part of the flat tensor. */
const shardOn = ({ strategy }: RankOptions, ranks: number, { shape: { dims, factor } }: Storage): number =>
  strategy === "zero3" ? Math.ceil(factor / ranks) : shardElements(Number(dims[0] ?? 1), factor, ranks);

/** Whether every rank has a whole copy, which is in no unit, and which `rankHoldings` counts: small parameters of stage 3, and adapters that are not shared. */
const isWhole = ({ zero, adaptersWhole }: RankOptions, { isAdapter, storage }: Gathered): boolean =>
  zero === null ? isAdapter && adaptersWhole : storage.shape.factor < zero.persistent;

/** Sorts the parameters of a run into units while they are loaded. Their memory is taken away: they are there only while they are unsharded. */
export const unitsOn = ({ recorder: { ledger } }: Tape, options: RankOptions): Units => {
  const { stored, embeddings, tiedEnds, hasTail, inner } = options;
  const units = new Map<number, Unit>();
  /** By the index of the layer. */
  const innerUnits = new Map<number, Map<string, Unit>>();
  let hasAdapters = false;
  const of = (index: number): Unit => {
    const unit = units.get(index) ?? emptyUnit(options.ranks);
    units.set(index, unit);
    return unit;
  };
  const innerOf: Units["innerOf"] = (index) => innerUnits.get(index) ?? new Map<string, Unit>();
  const unitOf = (storage: Storage): Unit => {
    const index = unitIndexOf(ledger, storage, embeddings);
    const unit = of(index);
    const own = inner.find(({ module }) => isOf(storage, [module]));
    if (own === undefined) return unit;
    const found = innerOf(index).get(own.module) ?? emptyUnit(own.ranks, own);
    const all = new Map([...innerOf(index), [own.module, found]]);
    const inOrder = inner.flatMap(({ module }) => [...all].filter(([name]) => name === module));
    innerUnits.set(index, new Map(inOrder));
    return found;
  };
  const add = ({ parameters }: Unit, gathered: Gathered): void => {
    const comesFirst = parameters === of(-1).parameters && tiedEnds.length > 0 && !isOf(gathered.storage, tiedEnds);
    parameters.splice(comesFirst ? 0 : parameters.length, 0, gathered);
  };
  of(-1);
  if (hasTail) of(EMBEDDINGS);
  return {
    of,
    innerOf,
    all: () =>
      [...units].flatMap(([index, unit]) => [unit, ...innerOf(index).values()].map((each) => [index, each] as const)),
    layers: () => units.size - (units.has(EMBEDDINGS) ? 2 : 1),
    hasEmbeddings: () => units.has(EMBEDDINGS),
    isAfterLayers: (index) => index === -1 && embeddings.length > 0,
    kept: () => (hasAdapters ? stored.adapters : stored.weights),
    loaded: ({ storage, node }) => {
      if (!isParameter(storage)) return null;
      const unit = unitOf(storage);
      const shard = shardOn(options, unit.ranks, storage);
      const isAdapter = storage.term === "adapters";
      const kept = unit.inFp32 ? "fp32" : stored[isAdapter ? "adapters" : "weights"];
      const isCast = storage.dtype === "bf16" && kept === "fp32";
      hasAdapters ||= isAdapter;
      resize(ledger, storage, -1);
      storage.blocks = Math.ceil((unit.ranks * shard * ELEMENT_BYTES[storage.dtype]) / BLOCK_BYTES);
      countAs(ledger, storage, "workspace");
      const gathered = { storage, shard, isAdapter, isCast, leaf: node?.leaf ?? null };
      if (!isWhole(options, gathered)) add(unit, gathered);
      return gathered;
    },
  };
};
