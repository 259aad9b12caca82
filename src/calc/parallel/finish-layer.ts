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
  units: Pick<Units, "all">,
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
  if (inLayers.length > 0) finishLayer(tape, -1);
};
