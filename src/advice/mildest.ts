import type { Knob, Scale } from "./knob.ts";
import type { Trial } from "./trial.ts";

/**
 * The rung of a scale that takes away least with which something fits or is tight: the next one does not.
 *
 * @param tryKnob what the engine says with a knob of the scale
 * @yields after each run of the engine
 * @returns null where not even the first rung is enough
 */
export function* mildest({ count, at }: Scale, tryKnob: (knob: Knob) => Trial): Generator<void, number | null> {
  const isEnough = (index: number): boolean => tryKnob(at(index)).isWayOut;
  if (!isEnough(1)) return null;
  let [rung, over] = [1, count + 1];
  while (over - rung > 1) {
    const middle = Math.floor((rung + over) / 2);
    if (isEnough(middle)) rung = middle;
    else over = middle;
    yield;
  }
  // Memory hardly ever falls as a number grows; where it does, more of it is taken.
  while (rung < count && isEnough(rung + 1)) rung += 1;
  return rung;
}
