import { beginSegment } from "#calc/tape/ledger/segments.ts";
import type { Tape } from "#calc/tape/tape.ts";
import type { Unit, Units } from "./units.ts";

/** Units in the order in which their turn comes, each with the layer that it belongs to; null: it is the end of backward's. */
type Left = Readonly<{ layers: number; units: readonly (readonly [layer: number | null, unit: Unit])[] }>;

/** What is left of units after backward: first what stands outside the layers, then layer by layer. */
export const outsideFirst = (units: Pick<Units, "all" | "layers">, isLeft: (unit: Unit) => boolean): Left => {
  const left = units.all().filter(([, unit]) => isLeft(unit));
  const outside = left.filter(([index]) => index < 0).map(([, unit]) => [null, unit] as const);
  return { layers: units.layers(), units: [...outside, ...left.filter(([index]) => index >= 0)] };
};

/** Every unit as the model names them: what is after the layers comes last, unless it is one with the embeddings. */
export const asNamed = (units: Units): Left => {
  const layers = units.layers();
  const layerOf = (index: number): number => (units.isAfterLayers(index) ? layers : Math.max(index, -1));
  const byLayer = units.all().map(([index, unit]) => [layerOf(index), unit] as const);
  return { layers, units: byLayer.toSorted(([one], [other]) => one - other) };
};

/** What follows the last node of backward belongs to a layer from here on, and goes as often as the model has that layer (−1: it is no layer's). */
export const finishLayer = ({ recorder, position }: Tape, layer: number): void =>
  beginSegment(recorder.ledger, { ...position, phase: "finish", layer });

/** Does with every unit that is left what its hook on backward would have done. */
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
