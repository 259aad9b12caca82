import { beginSegment } from "./ledger.ts";
import type { Tape } from "./tape.ts";

/** Lets go of things that forward left in several layers, each in a segment of the layer that made it; what goes next belongs where the run stood. */
export const releaseByLayer =
  (phase: "turn" | "release") =>
  <T extends Readonly<{ segment: number }>>(tape: Tape, things: readonly T[], letGo: (thing: T) => void): void => {
    const enter = (layer: number): void => {
      const running = tape.ledger.segments.at(-1);
      if (running?.phase !== phase || running.layer !== layer) {
        beginSegment(tape.ledger, { phase, microStep: tape.microStep, layer });
      }
    };
    for (const thing of things.toSorted((one, other) => one.segment - other.segment)) {
      enter(thing.segment);
      letGo(thing);
    }
    if (things.length > 0) enter(tape.segment);
  };
