import { beginSegment } from "#calc/tape/ledger/segments.ts";
import type { Tape } from "#calc/tape/tape.ts";
import type { Unit, Units } from "./units.ts";

/** Units in the order in which they are finished, each with its layer; null: it has no segment of its own and is finished at the end of backward. */
type Left = Readonly<{ layers: number; units: readonly (readonly [layer: number | null, unit: Unit])[] }>;

/** The units that are left after backward: first those outside the layers, then layer by layer. */
export const outsideFirst = (units: Pick<Units, "all" | "layers">, isLeft: (unit: Unit) => boolean): Left => {
  const left = units.all().filter(([, unit]) => isLeft(unit));
  const outside = left.filter(([index]) => index < 0).map(([, unit]) => [null, unit] as const);
  return { layers: units.layers(), units: [...outside, ...left.filter(([index]) => index >= 0)] };
};

/** Every unit in the order of the model's modules. The unit of what is after the layers comes last, unless the embeddings are in it too. */
export const inModuleOrder = (units: Units): Left => {
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
