// Gradients of a unit once backward has finished it: reduced, kept or added up.

import { enterLayer, beginSegment } from "#calc/tape/segments.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { type Unit, type Units, allocateFlat, takeGradients } from "./units.ts";
import type { Element } from "#calc/base/dtypes.ts";
import { release } from "#calc/tape/ledger/storages.ts";
import type { RankOptions } from "#calc/model/step-options.ts";

/** Enters layer −1: what a callback at the end of backward does belongs to no layer. */
export const enterRoot = (tape: Tape): void => {
  if (tape.position.layer !== -1) enterLayer(tape, -1);
};

/** Units in the order in which they are finished, each with its layer; null: it has no segment of its own and is finished at the end of backward. */
type Left = Readonly<{ layers: number; units: readonly (readonly [layer: number | null, unit: Unit])[] }>;

/** The units that are left after backward: first those outside the layers, then layer by layer. */
export const unfinishedUnits = (units: Pick<Units, "all" | "layers">, isLeft: (unit: Unit) => boolean): Left => {
  const left = units.all().filter(([, unit]) => isLeft(unit));
  const outside = left.filter(([index]) => index < 0).map(([, unit]) => [null, unit] as const);
  return { layers: units.layers(), units: [...outside, ...left.filter(([index]) => index >= 0)] };
};

/** Every unit in the order of the model's modules. The unit of what is after the layers comes last, unless the embeddings are in it too. */
export const unitsInModuleOrder = (units: Units): Left => {
  const layers = units.layers();
  const layerOf = (index: number): number => (units.isAfterLayers(index) ? layers : Math.max(index, -1));
  const byLayer = units.all().map(([index, unit]) => [layerOf(index), unit] as const);
  return { layers, units: byLayer.toSorted(([one], [other]) => one - other) };
};

/** Begins a segment of a layer after the last node of backward. It is counted for each layer of the model that this one stands for. −1: it is no layer's. */
export const finishLayer = ({ recorder, position }: Tape, layer: number): void =>
  beginSegment(recorder.ledger, { ...position, phase: "finish", layer });

/** Finishes units one by one, each in a segment of its layer. */
export const finishUnits = (tape: Tape, { layers, units }: Left, finish: (unit: Unit) => void): void => {
  let entered: number | null = null;
  const enter = (next: number): void => {
    if (next !== entered) finishLayer(tape, next);
    entered = next;
  };
  for (const [layer, unit] of units) {
    if (layer !== null) enter(layer);
    finish(unit);
  }
  if (entered !== null) enter(layers);
};

/**
 * Whether the gradients of this micro step stay unsharded until the last one (`no_sync`). Of the micro steps before the last only the first is run, as they
 * are equal, and before it one that LitGPT's loop still holds, which is as little the last.
 *
 * @see accelerate/accelerator.py, `no_sync`; transformers/trainer.py, `_inner_training_loop`
 */
export const keepsUnshardedGradients = ({ position: { microStep } }: Tape, { noSync }: RankOptions): boolean =>
  noSync && microStep <= 0;

/**
 * Keeps a unit's unsharded gradients as FSDP2 does: cast to the type that they will be reduced in. Those of later micro steps are added to them. In bf16 they
 * are not cast, and autograd adds to them.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param.py, `to_accumulated_grad_if_needed`, `accumulate_unsharded_grad_if_needed`
 */
export const accumulateGradients = ({ recorder: { ledger } }: Tape, unit: Unit, reduce: Element): void => {
  if (reduce === "bf16") return;
  const isFirst = unit.accumulated.length === 0;
  for (const [each, gradient] of takeGradients(unit)) {
    const elements = gradient.shape.factor;
    if (isFirst)
      unit.accumulated.push([each, allocateFlat(ledger, { op: "to", term: "gradients", elements, dtype: reduce })]);
    release(ledger, gradient);
  }
};
