// Tensors of the tape that are alive at a point of a step, grouped by layer.

import type { Ledger, Segment, Storage } from "#calc/tape/ledger/ledger.ts";
import type { AliveTensors, TimelinePoint } from "#calc/model/timeline.ts";
import {
  EARLIER_MICRO_STEP,
  runsLastMicroStep,
  lastMicroStepStart,
  type LayerRun,
  layersOfStretch,
  type Stretch,
} from "./program.ts";
import type { PaperRun } from "./explained-step.ts";
import { type Formula, type FormulaInput, product, constant, counted } from "#calc/base/formula.ts";
import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { type Dim, dimensionInput } from "#calc/tape/ledger/dimension.ts";
import { extentOf } from "#calc/tape/ledger/extent.ts";
import { CONSTANT } from "#calc/tape/ledger/growth.ts";
import { GRADIENT_SIZE, bytesPerElement, FIXED, unitOf } from "#calc/tape/ledger/size-table.ts";
import { BUFFER } from "./load.ts";
import { sizeInputsAt } from "./batch-shape.ts";
import type { AllocatedTermId } from "#calc/model/terms.ts";

/** Storages that differ in nothing but their layer. */
type AliveGroup = Readonly<{
  storage: Storage;
  size: number;
  module: string;
  /** When they were made. */
  made: AliveTensors["made"];
  /** Whether the last of all allocations before the point was one of them. */
  newest: boolean;
  /** How many are alive, by the layer of the model that allocated them; null: loaded outside the layers. */
  byLayer: ReadonlyMap<number | null, number>;
}>;

type Group = Omit<AliveGroup, "newest"> & Readonly<{ byLayer: Map<number | null, number> }>;

/** How many storages of a group a stretch of the log adds (below 0: frees) that were allocated in layer `home` of the run. */
type Change = { readonly group: Group; readonly home: number | null; count: number };

/** How many layers ran, and how many the model has. */
type Sizes = Readonly<{ ran: number; layers: number }>;

/** The layer of the run whose storages a segment allocates; null for the batch and for what is loaded outside the layers. */
const homeIn = ({ phase, layer }: Segment, { ran }: Sizes): number | null =>
  phase === "load" && (layer < 0 || layer >= ran) ? null : layer;

/** For each storage the segment that allocated it. */
const makersOf = ({ log, signs, segments }: Ledger): ReadonlyMap<Storage, Segment> => {
  const makers = new Map<Storage, Segment>();
  for (const segment of segments)
    for (let index = segment.from; index < segment.to; index++)
      if ((signs[index] ?? 0) > 0) makers.set(log[index] as Storage, segment);
  return makers;
};

const madeIn = (segment: Segment | undefined): AliveTensors["made"] => {
  if (segment === undefined || segment.phase === "load") return "load";
  return segment.phase === "backward" || segment.phase === "finish" ? "backward" : "forward";
};

const LAYER_NUMBER = /^layers\.\d+$/;

/** The group of a storage while it has this size. */
type GroupOf = (storage: Storage, size: number) => Group;

const grouping = (
  makers: ReadonlyMap<Storage, Segment>,
): Readonly<{ groups: ReadonlyMap<string, Group>; groupOf: GroupOf }> => {
  const groups = new Map<string, Group>();
  const last = new Map<Storage, Group>();
  const groupOf: GroupOf = (storage, size) => {
    const known = last.get(storage);
    if (known?.size === size) return known;
    const { op, dtype, shape, term } = storage;
    const module = LAYER_NUMBER.test(storage.module) ? "layer" : storage.module;
    const made = madeIn(makers.get(storage));
    const key = `${module} ${op} ${shape.dims.join(",")} ${dtype} ${term} ${size} ${made}`;
    const group = groups.get(key) ?? { storage, size, module, made, byLayer: new Map<number | null, number>() };
    groups.set(key, group);
    last.set(storage, group);
    return group;
  };
  return { groups, groupOf };
};

/**
 * The layer of the model that layer `home` of the run stands for, where layer `segment.layer` of the run stands for the model's `layer`: as far from it as in
 * the run. For example, run layer 2 as model layer 7 frees a storage of run layer 1: in the model it is one of layer 6.
 */
const layerOf = (home: number | null, { layer, segment }: LayerRun<Segment>, { ran, layers }: Sizes): number | null => {
  if (home === null || home < 0) return home;
  return home >= ran ? layers : layer - (segment.layer - home);
};

/** How storages are grouped, and which segments made them. */
type Grouped = Readonly<{ sizes: Sizes; makers: ReadonlyMap<Storage, Segment>; groupOf: GroupOf }>;

/** The changes from one index of the log to another. What is both allocated and freed between them is left out. Each stretch is added up once. */
const changesOf = ({ ledger }: PaperRun, { sizes, makers, groupOf }: Grouped) => {
  const known = new Map<string, readonly Change[]>();
  return (from: number, to: number): readonly Change[] => {
    const stretch = `${from} ${to}`;
    const remembered = known.get(stretch);
    if (remembered !== undefined) return remembered;
    const changes = new Map<Group, Map<number | null, Change>>();
    for (let index = from; index < to; index++) {
      const storage = ledger.log[index] as Storage;
      const group = groupOf(storage, ledger.sizes[index] ?? 0);
      const maker = makers.get(storage);
      const home = maker === undefined ? null : homeIn(maker, sizes);
      const ofGroup = changes.get(group) ?? new Map<number | null, Change>();
      changes.set(group, ofGroup);
      const change = ofGroup.get(home) ?? { group, home, count: 0 };
      ofGroup.set(home, change);
      change.count += ledger.signs[index] ?? 0;
    }
    const lasting = [...changes.values()].flatMap((each) => [...each.values()]).filter(({ count }) => count !== 0);
    known.set(stretch, lasting);
    return lasting;
  };
};

const runsOf = (stretches: readonly Stretch<Segment>[]): readonly LayerRun<Segment>[] =>
  stretches.flatMap(layersOfStretch);

/** The whole tape. When the optimizer steps, nothing is left of the micro batches that waited for later stages of a pipeline. */
const wholeTape = ({ program, options }: PaperRun): readonly LayerRun<Segment>[] => {
  const { stretches, spans } = program;
  const before = runsLastMicroStep(options)
    ? undefined
    : spans.find(({ microStep }) => microStep === EARLIER_MICRO_STEP);
  return runsOf(before === undefined ? stretches : [...stretches.slice(0, before.from), ...stretches.slice(before.to)]);
};

/** The layers that have run before a point of the last micro step, the layer that runs at it, and how many entries of its log lie before the point. */
const runsUpTo = (
  paper: PaperRun,
  { onTape }: TimelinePoint,
): Readonly<{ before: readonly LayerRun<Segment>[]; next: LayerRun<Segment> | undefined; entries: number }> => {
  if (onTape === null) return { before: wholeTape(paper), next: undefined, entries: 0 };
  const { stretches } = paper.program;
  const begin = lastMicroStepStart(paper.program);
  const inStep = runsOf(stretches.slice(begin));
  const { runs, entries } = onTape;
  return { before: [...runsOf(stretches.slice(0, begin)), ...inStep.slice(0, runs)], next: inStep[runs], entries };
};

/**
 * The storages that are alive at a point of the step. A layer of the run stands for several layers of the model: what it allocates and frees is counted
 * once for each of them, in the layer that `layerOf` names.
 * @internal
 */
export const aliveGroups = (run: PaperRun, point: TimelinePoint): readonly AliveGroup[] => {
  const makers = makersOf(run.ledger);
  const { groups, groupOf } = grouping(makers);
  const sizes: Sizes = { ran: run.ran, layers: run.program.layers };
  const changes = changesOf(run, { sizes, makers, groupOf });
  const apply = (at: LayerRun<Segment>, to: number): void => {
    for (const { group, home, count } of changes(at.segment.from, to)) {
      const layer = layerOf(home, at, sizes);
      group.byLayer.set(layer, (group.byLayer.get(layer) ?? 0) + at.sign * count);
    }
  };
  const { before, next, entries } = runsUpTo(run, point);
  for (const each of before) apply(each, each.segment.to);
  if (next !== undefined) apply(next, next.segment.from + entries);
  const last = next !== undefined && entries > 0 ? next.segment.from + entries - 1 : -1;
  const newest = last < 0 ? null : groupOf(run.ledger.log[last] as Storage, run.ledger.sizes[last] ?? 0);
  return [...groups.values()].map((group) => ({ ...group, newest: group === newest }));
};

/** A dimension as a named number. */
const dimInput = ({ scenario, ledger, chunk }: PaperRun, dim: Dim): FormulaInput =>
  typeof dim === "number" ? counted("size", dim) : dimensionInput(dim, extentOf(sizeInputsAt(ledger, scenario, chunk)));

/** Count × dimensions × bytes of an element; a tensor smaller than a block takes a whole block. */
const formulaOf = (
  run: PaperRun,
  { dtype, shape }: Storage,
  { size, count }: Readonly<{ size: number; count: number }>,
): Formula => {
  const dims = shape.dims.map((dim) => dimInput(run, dim));
  const tensors = counted("tensors", count);
  const elements = dims.reduce((total, { value }) => total * value, 1);
  if (elements * ELEMENT_BYTES[dtype] <= BLOCK_BYTES && size !== GRADIENT_SIZE && shape.growth === CONSTANT)
    return product(tensors, constant("bytes of a block", BLOCK_BYTES));
  const share =
    size === GRADIENT_SIZE && run.options.gradientShare !== 1
      ? [constant("share kept", run.options.gradientShare)]
      : [];
  return product(
    ...(count === 1 ? [] : [tensors]),
    ...dims,
    constant(`bytes of ${dtype}`, ELEMENT_BYTES[dtype]),
    ...share,
  );
};

/** The term that counts a storage; null for weights and adapters, which are counted exactly, in their own formats, without the tape. */
const termOf = ({ module, term }: Storage): AllocatedTermId | null => {
  if (module === BUFFER) return "workspace";
  return term === "weights" || term === "adapters" ? null : term;
};

/**
 * Every tensor of the tape that is alive at a point of the step, equal ones of several layers in one row. Without base weights and adapters:
 * `standingTensors` has those, in their own formats.
 */
export const aliveOnTape = (run: PaperRun, point: TimelinePoint): readonly AliveTensors[] =>
  aliveGroups(run, point).flatMap(({ storage, size, module, made, newest, byLayer }) => {
    const term = termOf(storage);
    const count = [...byLayer.values()].reduce((total, each) => total + each, 0);
    if (term === null || count === 0) return [];
    const bytes = count * (run.sizes[size] ?? 0) * storage.blocks;
    const unit = module === BUFFER ? "" : unitOf(run.ledger, size);
    const layers = [...byLayer].flatMap(([layer, each]) => (layer !== null && each > 0 ? [layer] : []));
    return [
      {
        module,
        op: storage.op,
        shape: storage.shape.dims.map((dim) => dimInput(run, dim).value),
        dtype: storage.dtype,
        term,
        unit,
        each: unit === "" || unit === FIXED ? 0 : count * bytesPerElement(run.ledger, size),
        made,
        newest,
        layers: layers.toSorted((one, other) => one - other),
        count,
        bytes,
        formula: formulaOf(run, storage, { size, count }),
      },
    ];
  });
