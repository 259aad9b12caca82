import { isWayOut } from "#calc/card/is-way-out.ts";
import type { Knob, Scale } from "./knob.ts";
import { largestWithin } from "./largest-within.ts";
import type { Trial } from "./trial.ts";

/**
 * The rung of a scale that takes away least with which something fits or is tight: the next one does not.
 *
 * @param tryKnob what the engine says with a knob of the scale
 * @returns null where not even the first rung is enough
 */
export const mildest = ({ count, at }: Scale, tryKnob: (knob: Knob) => Trial): number | null => {
  const isEnough = (rung: number): boolean => isWayOut(tryKnob(at(rung)).card);
  const lacking = largestWithin((rung) => 0 - tryKnob(at(rung)).card.headroomBytes, { min: 1, max: count }, count);
  let { value: rung } = lacking(0);
  if (rung === null || !isEnough(rung)) return null;
  // Memory hardly ever falls as a number grows; where it does, more of it is taken.
  while (rung < count && isEnough(rung + 1)) rung += 1;
  return rung;
};
