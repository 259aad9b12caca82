import { beginSegment } from "#calc/tape/ledger.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { enterRoot } from "./enter-root.ts";
import type { Unit, Units } from "./units.ts";

/** What follows the last node of backward belongs to a layer from here on, and goes as often as the model has that layer (−1: it is no layer's). */
export const finishLayer = ({ ledger, microStep }: Tape, layer: number): void =>
  beginSegment(ledger, { phase: "finish", microStep, layer });

/** Does with every unit that is left what its hook on backward would have done: first with what stands outside the layers, then layer by layer. */
export const finishUnits = (
  tape: Tape,
  units: Pick<Units, "all" | "layers">,
  [isLeft, finish]: readonly [isLeft: (unit: Unit) => boolean, finish: (unit: Unit) => void],
): void => {
  enterRoot(tape);
  const left = units.all().filter(([, unit]) => isLeft(unit));
  for (const [index, unit] of left) if (index < 0) finish(unit);
  const inLayers = left.filter(([index]) => index >= 0);
  for (const [index, unit] of inLayers) {
    finishLayer(tape, index);
    finish(unit);
  }
  if (inLayers.length > 0) finishLayer(tape, units.layers());
};

/**
 * Does something with every unit of a stage of a pipeline after a backward, in the order in which the model names them: what is after the layers comes
 * last, unless it is one with the embeddings.
 */
export const finishStage = (tape: Tape, units: Units, finish: (unit: Unit) => void): void => {
  const end = units.layers();
  const placeOf = (index: number): number => (units.isAfterLayers(index) ? end : Math.max(index, -1));
  let place: number | null = null;
  const enter = (next: number): void => {
    if (next !== place) finishLayer(tape, next);
    place = next;
  };
  for (const [index, unit] of units.all().toSorted(([one], [other]) => placeOf(one) - placeOf(other))) {
    enter(placeOf(index));
    finish(unit);
  }
  enter(end);
};
