import { chainLayers } from "#calc/families/forward/layer-kinds.ts";
import { layoutOf } from "#calc/families/layout-of.ts";
import { modellingOf } from "#calc/families/known-families.ts";
import type { Component } from "#calc/tape/component.ts";
import type { Element } from "#calc/tape/element.ts";
import type { Ledger, Segment, Storage } from "#calc/tape/ledger.ts";
import type { Dim } from "#calc/tape/shape.ts";
import type { Point } from "./evaluate-step.ts";
import { sizesAt } from "./evaluate-step.ts";
import type { StepOptions } from "./step-options.ts";
import { trace } from "./trace.ts";

/** Tensors that are alive at the peak, alike but for their layer. */
export type AliveTensors = Readonly<{
  /** The module of the modelling code that made them, and the operation: `self_attn.q_proj`, `mm`. */
  module: string;
  op: string;
  shape: readonly Dim[];
  dtype: Element;
  component: Component;
  /** Layers that hold one, in order; −1 for what stands before the layers, the number of layers for what comes after. */
  layers: readonly number[];
  /** Bytes of all of them. */
  bytes: number;
}>;

type Tensors = { -readonly [Key in keyof AliveTensors]: AliveTensors[Key] } & { layers: number[] };

/** The entry of the log after which most is alive, in the segments of one phase of the last micro step. */
const highestEntry = (
  { log, signs, segments }: Ledger,
  sizes: Float64Array,
  isAsked: (segment: Segment) => boolean,
): number => {
  const last = Math.max(...segments.map(({ microStep }) => microStep));
  let live = 0;
  let highest = -1;
  let entry = 0;
  let segment = 0;
  log.forEach((storage, index) => {
    while ((segments[segment + 1]?.from ?? Number.POSITIVE_INFINITY) <= index) segment++;
    live += (signs[index] ?? 0) * (sizes[storage.size] ?? 0) * storage.blocks;
    const running = segments[segment];
    if (running === undefined || running.microStep !== last || !isAsked(running) || live <= highest) return;
    highest = live;
    entry = index;
  });
  return entry;
};

/** Where each storage that is alive after an entry was made. */
const aliveAfter = ({ log, signs, segments }: Ledger, entry: number): ReadonlyMap<Storage, number> => {
  const alive = new Map<Storage, number>();
  let segment = 0;
  for (let index = 0; index <= entry; index++) {
    const storage = log[index];
    if (storage === undefined) continue;
    while ((segments[segment + 1]?.from ?? Number.POSITIVE_INFINITY) <= index) segment++;
    if ((signs[index] ?? 0) > 0) alive.set(storage, segments[segment]?.layer ?? -1);
    else alive.delete(storage);
  }
  return alive;
};

const LAYER_NUMBER = /^layers\.\d+$/;

/**
 * Every tensor that is alive at the highest point of forward or backward, alike ones of several layers together, the largest first. Runs all
 * layers of the model on paper, so that each is named: milliseconds, where `evaluateStep` takes microseconds. Optimizer states are not in it.
 */
export const explainPeak = (
  options: StepOptions,
  point: Point,
  phase: "forward" | "backward",
): readonly AliveTensors[] => {
  const { forward } = modellingOf(options.architecture.model_type);
  const layout = layoutOf(options.architecture);
  const chain = chainLayers(options.architecture, layout, forward);
  const { ledger } = trace(options, { forward, layout, chain }).tape;
  const sizes = sizesAt(ledger, point);
  const groups = new Map<string, Tensors>();
  for (const [storage, layer] of aliveAfter(
    ledger,
    highestEntry(ledger, sizes, (segment) => segment.phase === phase),
  )) {
    const { op, dtype, component } = storage;
    const module = LAYER_NUMBER.test(storage.module) ? "layer" : storage.module;
    const shape = storage.shape.dims;
    const key = `${module} ${op} ${shape.join(",")} ${dtype} ${component}`;
    const group = groups.get(key) ?? { module, op, shape, dtype, component, layers: [], bytes: 0 };
    groups.set(key, group);
    group.layers.push(layer);
    group.bytes += (sizes[storage.size] ?? 0) * storage.blocks;
  }
  return [...groups.values()].toSorted((one, other) => other.bytes - one.bytes);
};
