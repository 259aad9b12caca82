import { BLOCK_BYTES } from "#calc/allocation.ts";
import { product } from "#calc/formula/amount.ts";
import { constant, counted, setting } from "#calc/formula/inputs.ts";
import type { Formula, FormulaInput } from "#calc/memory-estimate.ts";
import { ELEMENT_BYTES } from "#calc/tape/element.ts";
import type { Ledger, Segment, Storage } from "#calc/tape/ledger.ts";
import { GRADIENT_SIZE } from "#calc/tape/ledger.ts";
import type { Dim } from "#calc/tape/shape.ts";
import type { AliveTensors } from "./alive-tensors.ts";
import { BUFFER } from "./load.ts";
import type { PaperRun } from "./paper-run.ts";
import type { PartId } from "./parts.ts";

/** In which layer something is made; null for what is loaded outside them: batch, buffers. */
const layerOf = ({ phase, layer }: Segment, layers: number): number | null =>
  phase === "load" && (layer < 0 || layer >= layers) ? null : layer;

/** In which layer a storage was made, and its size in the ledger's table: a gradient's may change when it arrives. */
type Alive = Readonly<{ layer: number | null; size: number }>;

/** Each storage that is alive after so many entries of the log. */
const aliveAfter = (
  { log, signs, sizes, segments }: Ledger,
  entries: number,
  layers: number,
): ReadonlyMap<Storage, Alive> => {
  const alive = new Map<Storage, Alive>();
  for (const segment of segments)
    for (let index = segment.from; index < Math.min(segment.to, entries); index++) {
      const storage = log[index];
      if (storage === undefined) continue;
      if ((signs[index] ?? 0) > 0) alive.set(storage, { layer: layerOf(segment, layers), size: sizes[index] ?? 0 });
      else alive.delete(storage);
    }
  return alive;
};

type Named = (run: PaperRun) => FormulaInput;

const tokens =
  (more: number): Named =>
  ({ scenario: { sequence_length } }) =>
    setting(more === 0 ? "sequence_length" : `sequence_length + ${more}`, sequence_length + more);

/** Chunks that a scan cuts the sequence into, so many more, to this power. */
const chunks =
  (more: number, power = 1): Named =>
  ({ scenario, ledger }) => {
    const count = Math.ceil(scenario.sequence_length / ledger.chunkSize);
    return constant("chunks of the sequence", Math.max(0, count + more) ** power);
  };

const DIMENSIONS: Readonly<Record<Exclude<Dim, number>, Named>> = {
  b: ({ scenario }) => setting("micro_batch_size", scenario.micro_batch_size),
  s: tokens(0),
  "s+1": tokens(1),
  "s+2": tokens(2),
  "s+3": tokens(3),
  c: chunks(0),
  "c+1": chunks(1),
  "c-1": chunks(-1),
  "c-3": chunks(-3),
  "(c+1)^2": chunks(1, 2),
  chunk: ({ chunk }) => constant("tokens of a chunk", chunk),
};

/** A dimension as a named number. */
const dimInput = (run: PaperRun, dim: Dim): FormulaInput =>
  typeof dim === "number" ? counted("size", dim) : DIMENSIONS[dim](run);

/** Count × dimensions × bytes of an element; what is smaller than a block takes one. */
const formulaOf = (
  run: PaperRun,
  { dtype, shape }: Storage,
  { size, count }: Pick<Group, "size" | "count">,
): Formula => {
  const dims = shape.dims.map((dim) => dimInput(run, dim));
  const tensors = counted("tensors", count);
  const elements = dims.reduce((total, { value }) => total * value, 1);
  if (elements * ELEMENT_BYTES[dtype] <= BLOCK_BYTES && size !== GRADIENT_SIZE && shape.growth === 0)
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

/** What the answer counts a storage in; null for what it knows exactly without the tape: weights and adapters in their formats. */
const componentOf = ({ module, component }: Storage): PartId | null => {
  if (module === BUFFER) return "workspace";
  return component === "weights" || component === "adapters" ? null : component;
};

const LAYER_NUMBER = /^layers\.\d+$/;

type Group = Readonly<{ storage: Storage; size: number; module: string; component: PartId; layers: Set<number> }> & {
  count: number;
  bytes: number;
};

/** Every tensor of the tape that is alive after so many entries of its log, alike ones of several layers together; base weights and adapters apart. */
export const aliveOnTape = (run: PaperRun, entries: number): readonly AliveTensors[] => {
  const groups = new Map<string, Group>();
  for (const [storage, { layer, size }] of aliveAfter(run.ledger, entries, run.chain.length)) {
    const component = componentOf(storage);
    if (component === null) continue;
    const { op, dtype, shape } = storage;
    const module = LAYER_NUMBER.test(storage.module) ? "layer" : storage.module;
    const key = `${module} ${op} ${shape.dims.join(",")} ${dtype} ${component} ${size}`;
    const group = groups.get(key) ?? {
      storage,
      size,
      module,
      component,
      layers: new Set<number>(),
      count: 0,
      bytes: 0,
    };
    groups.set(key, group);
    if (layer !== null) group.layers.add(layer);
    group.count++;
    group.bytes += (run.sizes[size] ?? 0) * storage.blocks;
  }
  return [...groups.values()].map(({ storage, size, layers, ...group }) => ({
    ...group,
    op: storage.op,
    shape: storage.shape.dims.map((dim) => dimInput(run, dim).value),
    dtype: storage.dtype,
    layers: [...layers].toSorted((one, other) => one - other),
    formula: formulaOf(run, storage, { size, count: group.count }),
  }));
};
